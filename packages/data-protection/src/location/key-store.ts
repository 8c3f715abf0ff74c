import { resolve } from 'node:path';
import type { Logger } from '../logger.ts';
import { FileSystemXmlRepository } from '../repositories/file-system/file-system-xml-repository.ts';
import { InMemoryXmlRepository } from '../repositories/in-memory-xml-repository.ts';
import { ReadOnlyXmlRepository } from '../repositories/read-only-xml-repository.ts';
import type { XmlRepository } from '../repositories/repository.ts';
import { isContainer, isOnVolume } from './container.ts';
import { defaultKeyDirectory, readOnlyKeyDirectory } from './default-directory.ts';
import type { Surroundings } from './surroundings.ts';

export interface KeyStoreChoice {
  readonly keyDirectory?: string | undefined;
  readonly fileMode?: number | undefined;
  readonly repository?: XmlRepository | undefined;
  /** The application itself encrypts keys at rest, so it means to keep them, too. */
  readonly encrypts: boolean;
}

export interface KeyStore {
  readonly repository: XmlRepository;
  readonly readOnly: boolean;
}

/**
 * Where the keys of an application are, the first of
 *
 *   1. the repository or the directory that it names
 *   2. the directory that the environment says is only to be read, unless it encrypts keys at rest
 *   3. ASP.NET Core's directory of this user, when it can be made
 *   4. memory, with a warning
 */
export function keyStoreOf(choice: KeyStoreChoice, surroundings: Surroundings, logger: Logger): KeyStore {
  const { encrypts, fileMode = 0o600, keyDirectory, repository } = choice;
  const inDirectory = (directory: string): FileSystemXmlRepository =>
    new FileSystemXmlRepository(resolve(directory), { fileMode, logger });
  if (repository !== undefined) return { repository, readOnly: false };
  if (keyDirectory !== undefined) {
    warnOfContainer(resolve(keyDirectory), surroundings, logger);
    return { repository: inDirectory(keyDirectory), readOnly: false };
  }
  const kept = encrypts ? undefined : readOnlyKeyDirectory(surroundings.environment);
  if (kept !== undefined) {
    const why = `Keys are only read from ${kept}, as ReadOnlyDataProtectionKeyDirectory of the environment says.`;
    return { repository: new ReadOnlyXmlRepository(inDirectory(kept), why), readOnly: true };
  }
  const usual = usualDirectory(surroundings, logger);
  return { repository: usual === undefined ? new InMemoryXmlRepository(logger) : inDirectory(usual), readOnly: false };
}

function usualDirectory(surroundings: Surroundings, logger: Logger): string | undefined {
  const { environment, home } = surroundings;
  const directory = defaultKeyDirectory(environment, home);
  if (directory === undefined) return undefined;
  try {
    surroundings.makeDirectory(directory);
  } catch (error) {
    logger.warn(`The directory of keys ${directory} cannot be made.`, error);
    return undefined;
  }
  warnOfContainer(directory, surroundings, logger);
  return directory;
}

function warnOfContainer(directory: string, { environment, exists, mounts }: Surroundings, logger: Logger): void {
  if (!isContainer(environment, exists) || isOnVolume(directory, mounts())) return;
  logger.warn(
    `Storing keys in a directory '${directory}' that may not be persisted outside of the container. ` +
      'Protected data will be unavailable when container is destroyed: mount a volume there.',
  );
}
