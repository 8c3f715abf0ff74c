export type {
  DataProtector,
  DataProtectorFactory,
  Lifetime,
  PersistedDataProtector,
  TimeLimitedDataProtector,
} from './protection/data-protector.ts';
export { EphemeralDataProtectionProvider } from './protection/ephemeral-data-protection-provider.ts';
export type {
  Algorithms,
  AuthenticatedEncryptor,
  EncryptionAlgorithm,
  ValidationAlgorithm,
} from './encryption/authenticated-encryptor.ts';
export type { Key } from './keys/key.ts';
export type { KeyRing, KeyRingEntry, KeyRingProvider } from './keys/key-ring.ts';
export type { StoredElement, XmlRepository } from './repositories/repository.ts';
export type { XmlDecryptor, XmlEncryptor } from './at-rest/encryption-at-rest.ts';
export type { XmlAttribute, XmlComment, XmlElement, XmlNode, XmlText } from './xml/element.ts';
export type { Instant } from './time/instant.ts';
export type { Logger } from './logger.ts';
export { CryptographicError, type CryptographicErrorCode } from './errors/cryptographic-error.ts';
export { RingNotLoadedError } from './errors/ring-not-loaded-error.ts';
