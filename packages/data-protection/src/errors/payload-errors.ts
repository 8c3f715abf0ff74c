import { CryptographicError, type CryptographicErrorCode } from './cryptographic-error.ts';

// The messages are ASP.NET Core's, so that its documentation and what people asked about them apply.

export function badMagicHeader(): CryptographicError {
  return new CryptographicError(
    'BadMagicHeader',
    'The provided payload cannot be decrypted because it was not protected with this protection provider.',
  );
}

export function badVersion(): CryptographicError {
  return new CryptographicError(
    'BadVersion',
    'The provided payload cannot be decrypted because it was protected with a newer version of the protection provider.',
  );
}

export function keyNotFound(keyId: string): CryptographicError {
  return new CryptographicError('KeyNotFound', `The key {${keyId}} was not found in the key ring.`);
}

export function keyRevoked(keyId: string): CryptographicError {
  return new CryptographicError('KeyRevoked', `The key {${keyId}} has been revoked.`);
}

/** Whatever is wrong with a body. It takes no cause: the difference between two causes is what an attacker asks for. */
export function payloadInvalid(): CryptographicError {
  return new CryptographicError('PayloadInvalid', 'The payload was invalid.');
}

export function payloadExpired(expiration: Date): CryptographicError {
  return new CryptographicError('PayloadExpired', `The payload expired at ${expiration.toISOString()}.`);
}

const wrapped = {
  GenericError: 'An error occurred during a cryptographic operation.',
  EncryptionFailed: 'An error occurred while trying to encrypt the provided data.',
  DecryptionFailed: 'The provided payload could not be decrypted.',
} as const satisfies Partial<Record<CryptographicErrorCode, string>>;

/** Callers of a protector meet one kind of error only: any other becomes the cause of one. */
export function homogenised(error: unknown, code: keyof typeof wrapped): CryptographicError {
  return error instanceof CryptographicError ? error : new CryptographicError(code, wrapped[code], error);
}
