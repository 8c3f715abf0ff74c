import { resolve } from 'node:path';
import { namedFiles } from '../../supervisor/activation/reading/own-files.ts';
import type { CertificateBytes } from '../../supervisor/key-rings/index.ts';
import { readCertificate } from '../../supervisor/key-rings/ring-material.ts';
import type { OptionValues, System } from '../command.ts';
import { commandError } from '../command-error.ts';
import type { certificateOptions } from './options.ts';

/** What `--cert` names, read and not looked at; undefined without it. */
export async function givenCertificate(
  options: OptionValues<typeof certificateOptions>,
  { workingDirectory }: Pick<System, 'workingDirectory'>,
): Promise<CertificateBytes | undefined> {
  const { cert, 'cert-key': key, 'passphrase-file': passphraseFile } = options;
  if (cert === undefined) {
    if (key === undefined && passphraseFile === undefined) return undefined;
    throw commandError('wrong-arguments', '--cert-key and --passphrase-file need --cert');
  }
  const absolute = (path: string): string => resolve(workingDirectory, path);
  try {
    return await readCertificate(
      {
        path: absolute(cert),
        ...(key === undefined ? {} : { keyPath: absolute(key) }),
        ...(passphraseFile === undefined ? {} : { passphraseFile: absolute(passphraseFile) }),
      },
      namedFiles(),
    );
  } catch (error) {
    throw commandError('file-failed', error instanceof Error ? error.message : String(error));
  }
}
