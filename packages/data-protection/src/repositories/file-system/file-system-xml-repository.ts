import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBoundedFile } from '../../files/bounded-file.ts';
import { fewAtOnce } from '../../files/few-at-once.ts';
import { silentLogger, type Logger } from '../../logger.ts';
import type { XmlElement } from '../../xml/element.ts';
import { parseXml, sizeLimit } from '../../xml/parse-xml.ts';
import { writeXml } from '../../xml/write-xml.ts';
import { XmlError } from '../../xml/xml-error.ts';
import { deleteInOrder } from '../delete-in-order.ts';
import { checkElementCount } from '../element-count.ts';
import { safeFriendlyName } from '../friendly-name.ts';
import type { StoredElement, XmlRepository } from '../repository.ts';
import { codeOf, createWholeFile, flushDirectory } from './atomic-file.ts';
import { withDirectoryLock } from './directory-lock.ts';
import { DirectoryWatch } from './directory-watch.ts';

export interface FileSystemOptions {
  /**
   * Permissions of the files; default `0o600`. `0o660` shares a ring with a group: the directory, when it is made
   * here, gets permissions to match and the setgid bit, so that the files of all belong to that group.
   */
  readonly fileMode?: number;
  readonly logger?: Logger;
}

/** How often, and after how many ms, a file is read again that looks as if it were being written. */
const rereads = 5;
const rereadPause = 40;

/**
 * A directory with one file per element, as ASP.NET Core's `PersistKeysToFileSystem` keeps it. Several processes and
 * machines may share it. Files appear whole or not at all and are never overwritten.
 */
export class FileSystemXmlRepository implements XmlRepository {
  readonly directory: string;
  readonly #fileMode: number;
  readonly #logger: Logger;

  constructor(directory: string, { fileMode = 0o600, logger = silentLogger }: FileSystemOptions = {}) {
    this.directory = directory;
    this.#fileMode = fileMode;
    this.#logger = logger;
  }

  async getAllElements(): Promise<readonly XmlElement[]> {
    return (await this.#stored()).map(({ element }) => element);
  }

  async storeElement(element: XmlElement, friendlyName: string): Promise<void> {
    await this.#makeDirectory();
    const path = join(this.directory, `${safeFriendlyName(friendlyName)}.xml`);
    await createWholeFile(path, writeXml(element, 'document'), this.#fileMode);
  }

  async deleteElements(choose: (stored: readonly StoredElement[]) => readonly StoredElement[]): Promise<boolean> {
    const remove = async ({ path }: StoredFile): Promise<void> => {
      await unlink(path).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      // Each on its own: after a loss of power a later deletion must not have outlived an earlier one.
      await flushDirectory(this.directory);
    };
    return deleteInOrder(choose(await this.#stored()) as readonly StoredFile[], remove, this.#logger);
  }

  watch(changed: () => void): Disposable {
    return new DirectoryWatch(this.directory, changed);
  }

  async withLock<T>(work: () => Promise<T>): Promise<T> {
    // Without a directory there is nowhere to put the lock; whether that matters, storing will tell.
    await this.#makeDirectory().catch(() => undefined);
    return withDirectoryLock(this.directory, work);
  }

  async #makeDirectory(): Promise<void> {
    const made = await mkdir(this.directory, { recursive: true, mode: 0o700 });
    // mkdir takes no setgid bit, and the process's umask may take the group's rights.
    if (made !== undefined && (this.#fileMode & 0o077) !== 0) await this.#openUp();
  }

  async #openUp(): Promise<void> {
    // Of the directory that was made, not of what a link leads to that took its place.
    const handle = await open(this.directory, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      await handle.chmod(directoryMode(this.#fileMode));
    } finally {
      await handle.close();
    }
  }

  async #stored(): Promise<StoredFile[]> {
    const names = (await this.#list()).filter((name) => name.endsWith('.xml')).sort();
    checkElementCount(names.length, this.directory);
    const stored = await fewAtOnce(names, (name) => this.#read(join(this.directory, name)));
    return stored.filter((file) => file !== undefined);
  }

  async #list(): Promise<string[]> {
    try {
      return await readdir(this.directory);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Undefined when it has been deleted since it was listed. */
  async #read(path: string, attempt = 1): Promise<StoredFile | undefined> {
    try {
      return { path, handle: path, element: parseXml(await readBoundedFile(path, sizeLimit), path) };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && (await isGone(path))) return undefined;
      // Where it cannot rename, .NET copies: such a file is there before all of its content is.
      if (!(error instanceof XmlError) || attempt > rereads || !(await isFresh(path))) throw error;
    }
    await sleep(rereadPause);
    return this.#read(path, attempt + 1);
  }
}

/** Whoever may read the files finds them, and whoever may write them puts more beside them. */
function directoryMode(fileMode: number): number {
  const others = fileMode & 0o066;
  return 0o2700 | others | ((others & 0o044) >> 2);
}

interface StoredFile extends StoredElement {
  readonly path: string;
}

/** A link that leads nowhere is not gone: what it led to may have been a revocation. */
function isGone(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    () => true,
  );
}

function isFresh(path: string): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < 2_000,
    () => true,
  );
}
