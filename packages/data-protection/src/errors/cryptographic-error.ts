export type CryptographicErrorCode =
  | 'BadMagicHeader'
  | 'BadVersion'
  | 'KeyNotFound'
  | 'KeyRevoked'
  | 'PayloadInvalid'
  | 'PayloadExpired'
  | 'GenericError'
  | 'DecryptionFailed'
  | 'EncryptionFailed'
  | 'UnsupportedAlgorithm'
  | 'UnsupportedDecryptor'
  | 'KeyEncryptedForWindows'
  | 'DecryptionKeyNotFound'
  | 'KeyUnreadable';

/**
 * What went wrong in protecting, unprotecting or opening a key. Messages are those of ASP.NET Core, so that what is
 * found about one helps with the other. Callers that face the network map every code to one answer.
 */
export class CryptographicError extends Error {
  override readonly name = 'CryptographicError';
  readonly code: CryptographicErrorCode;

  constructor(code: CryptographicErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
