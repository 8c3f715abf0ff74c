import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';

/** What a PEM file holds; a file may have certificates, private keys or both. */
export interface PemContent {
  readonly certificates: readonly X509Certificate[];
  readonly privateKeys: readonly KeyObject[];
}

// A block without end stops at the next one, so that reading takes time in proportion to the text.
const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----(?:(?!-----BEGIN )[^])*?-----END \1-----/g;

/**
 * Reads certificates and private keys; other blocks, such as requests or parameters, are passed over.
 *
 * @param passphrase of encrypted private keys
 * @throws CertificateError
 */
export function readPem(text: string, origin: string, passphrase?: string): PemContent {
  const certificates: X509Certificate[] = [];
  const privateKeys: KeyObject[] = [];
  for (const [pem, label = ''] of text.matchAll(block)) {
    if (label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE') certificates.push(certificateFrom(pem, origin));
    if (label.endsWith('PRIVATE KEY')) privateKeys.push(privateKeyFrom(pem, label, origin, passphrase));
  }
  return { certificates, privateKeys };
}

function certificateFrom(pem: string, origin: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CertificateError(`${origin} holds a certificate that cannot be read.`);
  }
}

function privateKeyFrom(pem: string, label: string, origin: string, passphrase: string | undefined): KeyObject {
  const encrypted = label.startsWith('ENCRYPTED') || pem.includes('ENCRYPTED\n') || pem.includes('ENCRYPTED\r');
  if (encrypted && passphrase === undefined) {
    throw new CertificateError(`The private key in ${origin} is encrypted: give its passphrase.`);
  }
  try {
    return createPrivateKey(passphrase === undefined ? { key: pem } : { key: pem, passphrase });
  } catch {
    const why = encrypted ? 'the passphrase is wrong or its encryption is not supported' : 'it is not a private key';
    throw new CertificateError(`The private key in ${origin} cannot be read: ${why}.`);
  }
}
