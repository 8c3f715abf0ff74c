import type { CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { aesCbcSuite, aesGcmSuite, unsupportedAlgorithm, type CbcSuite } from '../encryption/cipher-suite.ts';
import { classOf } from '../xml/dotnet-names.ts';

const digests: ReadonlyMap<string, CbcSuite['digest']> = new Map([
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
]);
const aesClasses = new Set(['Aes', 'AesManaged', 'AesCng', 'AesCryptoServiceProvider', 'RijndaelManaged']);
const tripleDesClasses = new Set(['TripleDES', 'TripleDESCng', 'TripleDESCryptoServiceProvider']);

/** A cipher as a descriptor names it; the length of its key in bits, as text. */
export interface CipherName {
  readonly name: string;
  readonly keyLength: string;
}

/** Names of .NET classes: `Aes` and `HMACSHA256`, or the assembly-qualified names of classes that implement them. */
export function managedSuite({ name, keyLength }: CipherName, validation: string): CipherSuite {
  const [cipher, mac] = [name, validation].map((type) =>
    classOf(type).replace(/^System\.Security\.Cryptography\./, ''),
  );
  const digest = mac?.startsWith('HMAC') === true ? digests.get(mac.slice('HMAC'.length)) : undefined;
  if (digest === undefined) throw unsupportedAlgorithm(validation);
  if (aesClasses.has(cipher ?? '')) return aesCbcSuite(Number(keyLength), digest);
  if (tripleDesClasses.has(cipher ?? '')) return tripleDesSuite(name, keyLength, digest);
  throw unsupportedAlgorithm(name);
}

/** Names that Windows' CNG knows, which ignores case: `AES` and `SHA256`; the hash is used as HMAC. */
export function cngCbcSuite({ name, keyLength }: CipherName, hash: string): CipherSuite {
  const digest = digests.get(hash.toUpperCase());
  if (digest === undefined) throw unsupportedAlgorithm(hash);
  if (name.toUpperCase() === 'AES') return aesCbcSuite(Number(keyLength), digest);
  if (name.toUpperCase() === '3DES') return tripleDesSuite(name, keyLength, digest);
  throw unsupportedAlgorithm(name);
}

export function cngGcmSuite({ name, keyLength }: CipherName): CipherSuite {
  if (name.toUpperCase() === 'AES') return aesGcmSuite(Number(keyLength));
  throw unsupportedAlgorithm(name);
}

function tripleDesSuite(name: string, keyLength: string, digest: CbcSuite['digest']): CipherSuite {
  if (keyLength === '192') return { mode: 'cbc', cipher: 'des-ede3-cbc', digest };
  throw unsupportedAlgorithm(`${name} with a key of ${keyLength} bits`);
}
