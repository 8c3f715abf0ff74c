import { readBoundedFile, UnreadableFileError } from '../../files/bounded-file.ts';
import { CertificateError } from './certificate-error.ts';
import { pairCertificates, type Certificate } from './certificate.ts';
import { readPem, type PemContent } from './pem.ts';
import { readPfx } from './pfx.ts';

/** Largest file of certificates and keys, in bytes. */
const sizeLimit = 1024 * 1024;

/**
 * Reads a certificate and its private key from a PFX file, from one PEM file that holds both, or from two. The private
 * key may be absent: such a certificate encrypts but does not decrypt.
 *
 * @param passphrase of a PFX file or of encrypted PEM keys
 * @throws CertificateError
 */
export async function loadCertificate(files: string | readonly string[], passphrase?: string): Promise<Certificate> {
  const paths = typeof files === 'string' ? [files] : files;
  return openCertificate(
    await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) }))),
    passphrase,
  );
}

/**
 * The same from files that somebody else has read.
 *
 * @throws CertificateError
 */
export async function openCertificate(
  files: readonly { readonly path: string; readonly bytes: Buffer }[],
  passphrase?: string,
): Promise<Certificate> {
  const contents = await Promise.all(files.map(({ path, bytes }) => parseCertificateFile(bytes, path, passphrase)));
  const privateKeys = contents.flatMap((content) => content.privateKeys);
  const certificates = pairCertificates(
    contents.flatMap((content) => content.certificates),
    privateKeys,
  );
  const [first] = certificates;
  // A chain may come along; the certificate meant is the one that the key belongs to.
  const withKey = certificates.find(({ privateKey }) => privateKey !== undefined);
  const names = files.map(({ path }) => path).join(' and ');
  if (first === undefined) throw new CertificateError(`${names}: no certificate in there.`);
  if (privateKeys.length > 0 && withKey === undefined) {
    throw new CertificateError(`${names}: the private key does not belong to the certificate.`);
  }
  return withKey ?? first;
}

/** Tells PEM from PFX by the content. */
export async function readCertificateFile(path: string, passphrase?: string): Promise<PemContent> {
  return parseCertificateFile(await readFile(path), path, passphrase);
}

async function parseCertificateFile(bytes: Buffer, path: string, passphrase?: string): Promise<PemContent> {
  // A SEQUENCE: what every PFX file begins with and no PEM file.
  if (bytes[0] === 0x30) return readPfx(bytes, path, passphrase);
  return readPem(bytes.toString('utf8'), path, passphrase);
}

async function readFile(path: string): Promise<Buffer> {
  try {
    return await readBoundedFile(path, sizeLimit);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw new CertificateError(error.message);
    throw new CertificateError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`);
  }
}
