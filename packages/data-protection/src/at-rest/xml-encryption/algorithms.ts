import { CryptographicError } from '../../errors/cryptographic-error.ts';

/** https://www.w3.org/TR/xmlenc-core/ and https://www.w3.org/TR/xmldsig-core/ */
export const xmlEncNamespace = 'http://www.w3.org/2001/04/xmlenc#';
export const xmlDsigNamespace = 'http://www.w3.org/2000/09/xmldsig#';

export const elementType = `${xmlEncNamespace}Element`;

/** Encrypts the element itself. */
export interface ContentAlgorithm {
  readonly cipher: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc';
  readonly keyBytes: 16 | 24 | 32;
  readonly blockBytes: 8 | 16;
}

/** Encrypts the content's key for a certificate. */
export type KeyTransport = 'rsa-1_5' | 'rsa-oaep-mgf1p';

const contentAlgorithms: ReadonlyMap<string, ContentAlgorithm> = new Map([
  ['aes128-cbc', { cipher: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 }],
  ['aes192-cbc', { cipher: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 }],
  ['aes256-cbc', { cipher: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 }],
  ['tripledes-cbc', { cipher: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 }],
]);

export function contentAlgorithmOf(uri: string): ContentAlgorithm {
  const algorithm = contentAlgorithms.get(withoutNamespace(uri));
  if (algorithm === undefined) throw unsupported(uri);
  return algorithm;
}

export function keyTransportOf(uri: string): KeyTransport {
  const name = withoutNamespace(uri);
  if (name !== 'rsa-1_5' && name !== 'rsa-oaep-mgf1p') throw unsupported(uri);
  return name;
}

function withoutNamespace(uri: string): string {
  return uri.startsWith(xmlEncNamespace) ? uri.slice(xmlEncNamespace.length) : '';
}

function unsupported(uri: string): CryptographicError {
  return new CryptographicError('UnsupportedAlgorithm', `XML encryption with "${uri.slice(0, 200)}" is not supported.`);
}
