import { CryptographicError } from '../errors/cryptographic-error.ts';
import type { CipherSuite, EncryptionAlgorithm, ValidationAlgorithm } from './authenticated-encryptor.ts';

export type CbcSuite = Extract<CipherSuite, { mode: 'cbc' }>;
export type GcmSuite = Extract<CipherSuite, { mode: 'gcm' }>;

const cipherBytes = {
  'aes-128-cbc': { key: 16, block: 16 },
  'aes-192-cbc': { key: 24, block: 16 },
  'aes-256-cbc': { key: 32, block: 16 },
  'des-ede3-cbc': { key: 24, block: 8 },
  'aes-128-gcm': { key: 16, block: 16 },
  'aes-192-gcm': { key: 24, block: 16 },
  'aes-256-gcm': { key: 32, block: 16 },
} as const satisfies Record<CipherSuite['cipher'], { key: number; block: number }>;

const digestBytes = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const satisfies Record<
  CbcSuite['digest'],
  number
>;

/** Key and block of a cipher, bytes. */
export function cipherSizes(cipher: CipherSuite['cipher']): { readonly key: number; readonly block: number } {
  return knownEntry(cipherBytes, cipher);
}

/** Bytes of a digest, which is also what its MAC key has. */
export function digestSize(digest: CbcSuite['digest']): number {
  return knownEntry(digestBytes, digest);
}

// The names of ASP.NET Core's default family; it parses them as an enumeration, so its numbers are legal too.
const encryptionAlgorithms: readonly EncryptionAlgorithm[] = [
  'AES_128_CBC',
  'AES_192_CBC',
  'AES_256_CBC',
  'AES_128_GCM',
  'AES_192_GCM',
  'AES_256_GCM',
];
const validationAlgorithms: readonly ValidationAlgorithm[] = ['HMACSHA256', 'HMACSHA512'];

/**
 * The suite that a descriptor of the default family names.
 *
 * @param encryption a name such as `AES_256_CBC`, or its number
 * @param validation `HMACSHA256`, `HMACSHA512` or the number; not looked at with GCM
 * @throws CryptographicError `UnsupportedAlgorithm` with the name
 */
export function suiteOfAlgorithms(encryption: string, validation?: string): CipherSuite {
  const cipher = enumerated(encryptionAlgorithms, encryption);
  if (cipher === undefined) throw unsupportedAlgorithm(encryption);
  const [, keyBits, mode] = cipher.split('_');
  if (mode === 'GCM') return aesGcmSuite(Number(keyBits));
  const mac = enumerated(validationAlgorithms, validation ?? '');
  if (mac === undefined) throw unsupportedAlgorithm(validation ?? 'no validation algorithm');
  return aesCbcSuite(Number(keyBits), mac === 'HMACSHA512' ? 'sha512' : 'sha256');
}

/** @throws CryptographicError `UnsupportedAlgorithm` for a size that AES does not have or that is below the floor */
export function aesCbcSuite(keyBits: number, digest: CbcSuite['digest']): CbcSuite {
  return { mode: 'cbc', cipher: `aes-${aesKeyBits(keyBits)}-cbc`, digest };
}

/** @throws CryptographicError `UnsupportedAlgorithm` for a size that AES does not have or that is below the floor */
export function aesGcmSuite(keyBits: number): GcmSuite {
  return { mode: 'gcm', cipher: `aes-${aesKeyBits(keyBits)}-gcm` };
}

export function unsupportedAlgorithm(name: string): CryptographicError {
  return new CryptographicError('UnsupportedAlgorithm', `The algorithm "${name}" is not supported.`);
}

function aesKeyBits(keyBits: number): 128 | 192 | 256 {
  if (keyBits === 128 || keyBits === 192 || keyBits === 256) return keyBits;
  throw unsupportedAlgorithm(`AES with a key of ${keyBits} bits`);
}

function enumerated<T extends string>(names: readonly T[], text: string): T | undefined {
  const name = text.trim();
  return /^\d+$/.test(name) ? names[Number(name)] : names.find((one) => one === name);
}

function knownEntry<K extends string, V>(table: Readonly<Record<K, V>>, name: K): V {
  if (!Object.hasOwn(table, name)) throw unsupportedAlgorithm(name);
  return table[name];
}
