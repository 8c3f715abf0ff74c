import { CryptographicError } from '../errors/cryptographic-error.ts';
import type { CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { classOf } from '../xml/dotnet-names.ts';

type Digest = Extract<CipherSuite, { mode: 'cbc' }>['digest'];
type CbcCipher = Extract<CipherSuite, { mode: 'cbc' }>['cipher'];
type GcmCipher = Extract<CipherSuite, { mode: 'gcm' }>['cipher'];

// In the order of .NET's enumerations: their decimal numbers are legal spellings.
const encryptionAlgorithms: readonly (readonly [string, CbcCipher | GcmCipher])[] = [
  ['AES_128_CBC', 'aes-128-cbc'],
  ['AES_192_CBC', 'aes-192-cbc'],
  ['AES_256_CBC', 'aes-256-cbc'],
  ['AES_128_GCM', 'aes-128-gcm'],
  ['AES_192_GCM', 'aes-192-gcm'],
  ['AES_256_GCM', 'aes-256-gcm'],
];
const validationAlgorithms: readonly (readonly [string, Digest])[] = [
  ['HMACSHA256', 'sha256'],
  ['HMACSHA512', 'sha512'],
];
const digests: ReadonlyMap<string, Digest> = new Map([
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
]);
const aesClasses = new Set(['Aes', 'AesManaged', 'AesCng', 'AesCryptoServiceProvider', 'RijndaelManaged']);
const tripleDesClasses = new Set(['TripleDES', 'TripleDESCng', 'TripleDESCryptoServiceProvider']);

/** `AES_256_CBC`, or its number. */
export function encryptionAlgorithm(name: string): CbcCipher | GcmCipher {
  return fromEnumeration(encryptionAlgorithms, name);
}

/** `HMACSHA256`, or its number. */
export function validationAlgorithm(name: string): Digest {
  return fromEnumeration(validationAlgorithms, name);
}

/** `Aes` or a class that implements it, with a key length in bits. */
export function managedCipher(name: string, keyLength: string): CbcCipher {
  const plain = managedClass(name);
  if (aesClasses.has(plain)) return aes(keyLength, 'cbc');
  if (tripleDesClasses.has(plain) && keyLength === '192') return 'des-ede3-cbc';
  throw unsupported(`${name}, ${keyLength} bit`);
}

/** `HMACSHA256` or a class that implements it. */
export function managedDigest(name: string): Digest {
  const plain = managedClass(name);
  return (plain.startsWith('HMAC') ? digests.get(plain.slice(4)) : undefined) ?? raise(unsupported(name));
}

export function cngCbcCipher(name: string, keyLength: string): CbcCipher {
  if (name.toUpperCase() === 'AES') return aes(keyLength, 'cbc');
  if (name.toUpperCase() === '3DES' && keyLength === '192') return 'des-ede3-cbc';
  throw unsupported(`${name}, ${keyLength} bit`);
}

export function cngGcmCipher(name: string, keyLength: string): GcmCipher {
  if (name.toUpperCase() === 'AES') return aes(keyLength, 'gcm');
  throw unsupported(`${name}, ${keyLength} bit`);
}

export function cngDigest(name: string): Digest {
  return digests.get(name.toUpperCase()) ?? raise(unsupported(name));
}

export function unsupported(name: string): CryptographicError {
  return new CryptographicError('UnsupportedAlgorithm', `The algorithm "${name.slice(0, 200)}" is not supported.`);
}

function fromEnumeration<T>(names: readonly (readonly [string, T])[], text: string): T {
  const name = text.trim();
  const found = names.find(([known]) => known === name) ?? (/^\d$/.test(name) ? names[Number(name)] : undefined);
  return found?.[1] ?? raise(unsupported(text));
}

function aes<M extends 'cbc' | 'gcm'>(keyLength: string, mode: M): `aes-${128 | 192 | 256}-${M}` {
  if (keyLength === '128' || keyLength === '192' || keyLength === '256') {
    return `aes-${Number(keyLength) as 128 | 192 | 256}-${mode}`;
  }
  throw unsupported(`AES, ${keyLength} bit`);
}

function managedClass(name: string): string {
  return classOf(name).replace(/^System\.Security\.Cryptography\./, '');
}

function raise(error: Error): never {
  throw error;
}
