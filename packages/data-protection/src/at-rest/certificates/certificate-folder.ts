import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fewAtOnce } from '../../files/few-at-once.ts';
import type { Logger } from '../../logger.ts';
import { CertificateError } from './certificate-error.ts';
import { readCertificateFile } from './certificate-file.ts';
import {
  certificatesNamed,
  normalizeThumbprint,
  requireValid,
  type Certificate,
  type CertificateSource,
} from './certificate.ts';
import type { PemContent } from './pem.ts';

/** Most files of one folder that are looked at. */
const mostFiles = 1000;
const named = /\.(?:pem|crt|cer|key|pfx|p12)$/i;

export interface CertificateFolderOptions {
  /** Of PFX files and encrypted PEM keys; one for the folder. */
  readonly passphrase?: string;
  readonly logger: Logger;
}

/**
 * A folder of certificates and private keys: `.pem`, `.crt`, `.cer`, `.key`, `.pfx`, `.p12`. Keys and certificates find
 * each other whatever their files are called. Files are read again when they change, so a renewed certificate only has
 * to be put there. A file that cannot be read is told once and does not stop the others.
 */
export class CertificateFolder implements CertificateSource {
  readonly #folder: string;
  readonly #options: CertificateFolderOptions;
  readonly #read = new Map<string, { readonly version: string; readonly content: PemContent }>();

  constructor(folder: string, options: CertificateFolderOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async find(thumbprint: string): Promise<readonly Certificate[]> {
    return certificatesNamed(thumbprint, await this.#contents());
  }

  /**
   * The certificate that new keys are to be encrypted for. Unlike one that decrypts, it must be valid at the time.
   *
   * @throws CertificateError when there is none, or only one that is not valid yet or any more
   */
  async forEncryption(thumbprint: string, now: Date): Promise<Certificate> {
    const wanted = normalizeThumbprint(thumbprint);
    const [certificate] = await this.find(wanted);
    if (certificate === undefined) {
      throw new CertificateError(`No certificate with thumbprint ${wanted} in ${this.#folder}.`);
    }
    requireValid(certificate, now);
    return certificate;
  }

  async #contents(): Promise<PemContent[]> {
    const names = (await this.#list()).filter((name) => named.test(name)).sort();
    if (names.length > mostFiles) {
      throw new CertificateError(`${this.#folder} holds more than ${mostFiles} certificates and keys.`);
    }
    for (const name of this.#read.keys()) if (!names.includes(name)) this.#read.delete(name);
    return fewAtOnce(names, (name) => this.#content(name));
  }

  async #list(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new CertificateError(
        `${this.#folder} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`,
      );
    }
  }

  async #content(name: string): Promise<PemContent> {
    const path = join(this.#folder, name);
    const version = await stat(path).then(
      // The time of change tells of permissions, too, and is nobody's to set.
      ({ ctimeMs, size, ino }) => `${ctimeMs} ${size} ${ino}`,
      () => 'gone',
    );
    const known = this.#read.get(name);
    if (known?.version === version) return known.content;
    const content = await readCertificateFile(path, this.#options.passphrase).catch((error: unknown) => {
      this.#options.logger.warn(error instanceof Error ? error.message : `${path} cannot be read.`);
      return { certificates: [], privateKeys: [] };
    });
    this.#read.set(name, { version, content });
    return content;
  }
}

/** Where .NET on Linux keeps the certificates of a user (`X509Store` My, CurrentUser). */
export function dotnetUserStore(home: string): string {
  return join(home, '.dotnet/corefx/cryptography/x509stores/my');
}
