import type { KeyObject, X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';

/** A certificate, and its private key where that is at hand. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly privateKey?: KeyObject;
}

/** Where certificates are looked up that decrypt keys. */
export interface CertificateSource {
  /** All with that thumbprint; none is not an error. */
  find(thumbprint: string): Promise<readonly Certificate[]>;
}

/** SHA-1 over the certificate, 40 upper-case digits, as Windows and .NET show it. */
export function thumbprintOf(x509: X509Certificate): string {
  return x509.fingerprint.replaceAll(':', '');
}

/** Accepts a thumbprint as people paste it: any case, spaces or colons, the mark that Windows' dialog puts in front. */
export function normalizeThumbprint(text: string): string {
  return text.replaceAll(/[\s:\u200e]/g, '').toUpperCase();
}

/**
 * New keys are encrypted for a certificate that is valid at the time; what decrypts may be older.
 *
 * @throws CertificateError
 */
export function requireValid({ x509 }: Certificate, now: Date): void {
  const { validFrom, validTo } = x509;
  if (now >= new Date(validFrom) && now <= new Date(validTo)) return;
  throw new CertificateError(
    `The certificate with thumbprint ${thumbprintOf(x509)} is valid from ${validFrom} to ${validTo} only: ` +
      'new keys need one that is valid now. It goes on decrypting older keys.',
  );
}

/** Certificates that are configured one by one: the current one and the older ones that keys still need. */
export function certificateList(certificates: readonly Certificate[]): CertificateSource {
  const known = certificates.map((certificate) => ({ thumbprint: thumbprintOf(certificate.x509), certificate }));
  return {
    find: (wanted) =>
      Promise.resolve(known.filter(({ thumbprint }) => thumbprint === wanted).map(({ certificate }) => certificate)),
  };
}

/** Puts each certificate together with the private key that belongs to it, whatever their order and their files. */
export function pairCertificates(
  certificates: readonly X509Certificate[],
  privateKeys: readonly KeyObject[],
): Certificate[] {
  return certificates.map((x509) => {
    const privateKey = privateKeys.find((key) => x509.checkPrivateKey(key));
    return privateKey === undefined ? { x509 } : { x509, privateKey };
  });
}

/**
 * The certificates with a thumbprint, each with its private key, out of what files hold. Only theirs are looked for:
 * trying each key with each certificate would take long in a large folder.
 */
export function certificatesNamed(
  thumbprint: string,
  contents: readonly {
    readonly certificates: readonly X509Certificate[];
    readonly privateKeys: readonly KeyObject[];
  }[],
): Certificate[] {
  return pairCertificates(
    contents.flatMap(({ certificates }) => certificates.filter((x509) => thumbprintOf(x509) === thumbprint)),
    contents.flatMap(({ privateKeys }) => privateKeys),
  );
}
