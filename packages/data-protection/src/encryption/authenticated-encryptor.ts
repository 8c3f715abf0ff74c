/** Encrypts and authenticates with the algorithms and the master key of one key. */
export interface AuthenticatedEncryptor {
  /**
   * @param additionalData goes into the derivation of the subkeys
   * @param headerLength bytes left free in front of the result, which the caller fills
   */
  encrypt(plaintext: Uint8Array, additionalData: Uint8Array, headerLength?: number): Buffer;
  /**
   * @param offset where in `payload` the encryptor's part begins
   * @throws CryptographicError `PayloadInvalid`, the same for whatever is wrong
   */
  decrypt(payload: Uint8Array, additionalData: Uint8Array, offset?: number): Buffer;
}

export type EncryptionAlgorithm =
  | 'AES_128_CBC'
  | 'AES_192_CBC'
  | 'AES_256_CBC'
  | 'AES_128_GCM'
  | 'AES_192_GCM'
  | 'AES_256_GCM';

export type ValidationAlgorithm = 'HMACSHA256' | 'HMACSHA512';

/** What a new key uses; validation is absent with GCM. */
export interface Algorithms {
  readonly encryption: EncryptionAlgorithm;
  readonly validation?: ValidationAlgorithm;
}

/** Primitives of any descriptor family, in node:crypto's words. */
export type CipherSuite =
  | {
      readonly mode: 'cbc';
      readonly cipher: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc';
      readonly digest: 'sha1' | 'sha256' | 'sha384' | 'sha512';
    }
  | { readonly mode: 'gcm'; readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' };
