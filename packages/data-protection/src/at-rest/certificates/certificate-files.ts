import { stat } from 'node:fs/promises';
import type { Instant } from '../../time/instant.ts';
import { dateOf } from '../../time/instant.ts';
import type { Logger } from '../../logger.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { XmlEncryptor } from '../encryption-at-rest.ts';
import { CertificateXmlEncryptor } from '../xml-encryption/certificate-encryptor.ts';
import { CertificateError } from './certificate-error.ts';
import { readCertificateFile } from './certificate-file.ts';
import { CertificateFolder } from './certificate-folder.ts';
import { certificatesNamed, requireValid, type Certificate, type CertificateSource } from './certificate.ts';

/** Certificates and private keys in files and folders, looked at when a certificate is needed. */
export class CertificateFiles implements CertificateSource {
  readonly #paths: readonly string[];
  readonly #folders: ReadonlyMap<string, CertificateFolder>;

  constructor(paths: readonly string[], logger: Logger) {
    this.#paths = paths;
    this.#folders = new Map(paths.map((path) => [path, new CertificateFolder(path, { logger })]));
  }

  async find(thumbprint: string): Promise<readonly Certificate[]> {
    const found: Certificate[] = [];
    const contents = [];
    for (const path of this.#paths) {
      const isFolder = await stat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      if (isFolder) found.push(...((await this.#folders.get(path)?.find(thumbprint)) ?? []));
      else contents.push(await readCertificateFile(path));
    }
    return [...found, ...certificatesNamed(thumbprint, contents)];
  }
}

/** Encrypts for the certificate of a thumbprint as it is found when a key is made. */
export class CertificateFilesXmlEncryptor implements XmlEncryptor {
  readonly #files: CertificateFiles;
  readonly #thumbprint: string;
  readonly #clock: () => Instant;

  constructor(files: CertificateFiles, thumbprint: string, clock: () => Instant) {
    this.#files = files;
    this.#thumbprint = thumbprint;
    this.#clock = clock;
  }

  async encrypt(element: XmlElement): Promise<{ element: XmlElement; decryptorType: string }> {
    const [certificate] = await this.#files.find(this.#thumbprint);
    if (certificate === undefined) {
      throw new CertificateError(`No certificate with thumbprint ${this.#thumbprint} is where the policy says.`);
    }
    requireValid(certificate, dateOf(this.#clock()));
    return new CertificateXmlEncryptor(certificate).encrypt(element);
  }
}
