import { classOf } from '../xml/dotnet-names.ts';
import { azureDecryptorClasses, AzureKeyVaultXmlDecryptor, type KeyVault } from './azure-key-vault.ts';
import type { CertificateSource } from './certificates/certificate.ts';
import { encryptionNamespace } from './decryptor-names.ts';
import type { XmlDecryptors } from './encrypted-secret.ts';
import type { XmlDecryptor } from './encryption-at-rest.ts';
import { NullXmlDecryptor } from './null-encryption.ts';
import { DpapiNGXmlDecryptor, DpapiXmlDecryptor } from './windows-encryption.ts';
import { EncryptedXmlDecryptor } from './xml-encryption/encrypted-xml-decryptor.ts';

export interface DecryptorOptions {
  /** Certificates with private keys: the current one, older ones, folders. Asked in their order. */
  readonly certificates?: readonly CertificateSource[];
  readonly keyVault?: KeyVault;
  /** By .NET class name, with or without assembly; may replace those known here. */
  readonly custom?: Readonly<Record<string, XmlDecryptor>>;
}

/** All decryptors that a ring of ASP.NET Core may name. */
export function xmlDecryptors({ certificates = [], keyVault, custom = {} }: DecryptorOptions = {}): XmlDecryptors {
  return new Map<string, XmlDecryptor>([
    [`${encryptionNamespace}.NullXmlDecryptor`, new NullXmlDecryptor()],
    [`${encryptionNamespace}.EncryptedXmlDecryptor`, new EncryptedXmlDecryptor(certificates)],
    [`${encryptionNamespace}.DpapiXmlDecryptor`, new DpapiXmlDecryptor()],
    [`${encryptionNamespace}.DpapiNGXmlDecryptor`, new DpapiNGXmlDecryptor()],
    ...azureDecryptorClasses.map((name) => [name, new AzureKeyVaultXmlDecryptor(keyVault)] as const),
    ...Object.entries(custom).map(([type, decryptor]) => [classOf(type), decryptor] as const),
  ]);
}
