/** A certificate or private key that cannot be read or may not be used. The message names the file and what to do. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}
