import type { KeyOpening } from '../keys/deferred-encryptor.ts';
import { xmlDecryptors, type DecryptorOptions } from '../at-rest/decryptors.ts';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import { dataProtectionType } from '../xml/dotnet-names.ts';
import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';

/** Opens keys as the product does. */
export function openingWith(options: DecryptorOptions = {}): KeyOpening {
  return { decryptors: xmlDecryptors(options), encryptorFor };
}

/** The text of a key element around a descriptor. */
export function keyText(descriptor: string, deserializer = 'AuthenticatedEncryptorDescriptorDeserializer'): string {
  const type = dataProtectionType(
    `Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.${deserializer}`,
  );
  return (
    `<key id="${keyId}" version="1"><creationDate>2026-01-01T00:00:00Z</creationDate>` +
    '<activationDate>2026-01-02T00:00:00Z</activationDate><expirationDate>2026-04-01T00:00:00Z</expirationDate>' +
    `<descriptor deserializerType="${type}">${descriptor}</descriptor></key>`
  );
}

export const keyId = '11111111-2222-3333-4444-555555555555';

/** Whether two encryptors have the same algorithms and master key. */
export function agree(one: AuthenticatedEncryptor, other: AuthenticatedEncryptor): boolean {
  const additionalData = Buffer.from('additional data');
  return (
    other.decrypt(one.encrypt(Buffer.from('plaintext'), additionalData), additionalData).toString() === 'plaintext'
  );
}
