export type {
  DataProtector,
  DataProtectorFactory,
  Lifetime,
  PersistedDataProtector,
  TimeLimitedDataProtector,
} from './protection/data-protector.ts';
export { DataProtectionProvider } from './protection/data-protection-provider.ts';
export type { DataProtectionOptions } from './protection/data-protection-options.ts';
export { EphemeralDataProtectionProvider } from './protection/ephemeral-data-protection-provider.ts';
export type {
  Algorithms,
  AuthenticatedEncryptor,
  EncryptionAlgorithm,
  ValidationAlgorithm,
} from './encryption/authenticated-encryptor.ts';
export type { Key } from './keys/key.ts';
export type { KeyEscrowSink } from './keys/key-escrow-sink.ts';
export { KeyManager, type KeyManagerOptions } from './keys/key-manager.ts';
export type { ManagedAlgorithms } from './keys/new-descriptor.ts';
export { KeyElementError } from './keys/key-element-error.ts';
export type { KeyRing, KeyRingEntry, KeyRingProvider } from './keys/key-ring.ts';
export type { StoredElement, XmlRepository } from './repositories/repository.ts';
export {
  FileSystemXmlRepository,
  type FileSystemOptions,
} from './repositories/file-system/file-system-xml-repository.ts';
export { InMemoryXmlRepository } from './repositories/in-memory-xml-repository.ts';
export { DataProtectionPolicyError } from './location/policy-error.ts';
export type { XmlDecryptor, XmlEncryptor } from './at-rest/encryption-at-rest.ts';
export { AzureKeyVaultXmlEncryptor, type KeyVault } from './at-rest/azure-key-vault.ts';
export { CertificateError } from './at-rest/certificates/certificate-error.ts';
export { loadCertificate } from './at-rest/certificates/certificate-file.ts';
export {
  CertificateFolder,
  dotnetUserStore,
  type CertificateFolderOptions,
} from './at-rest/certificates/certificate-folder.ts';
export {
  certificateList,
  thumbprintOf,
  type Certificate,
  type CertificateSource,
} from './at-rest/certificates/certificate.ts';
export { xmlDecryptors, type DecryptorOptions } from './at-rest/decryptors.ts';
export { NullXmlEncryptor } from './at-rest/null-encryption.ts';
export type { KeyTransport } from './at-rest/xml-encryption/algorithms.ts';
export {
  CertificateXmlEncryptor,
  type CertificateEncryptionOptions,
} from './at-rest/xml-encryption/certificate-encryptor.ts';
export type { XmlAttribute, XmlComment, XmlElement, XmlNode, XmlText } from './xml/element.ts';
export { parseXml } from './xml/parse-xml.ts';
export { writeXml, type XmlForm } from './xml/write-xml.ts';
export { XmlError } from './xml/xml-error.ts';
export type { Instant } from './time/instant.ts';
export { consoleLogger, silentLogger, type Logger } from './logger.ts';
export { CryptographicError, type CryptographicErrorCode } from './errors/cryptographic-error.ts';
export { RingNotLoadedError } from './errors/ring-not-loaded-error.ts';
