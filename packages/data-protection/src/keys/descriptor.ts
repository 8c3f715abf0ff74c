import { createSecretKey, type KeyObject } from 'node:crypto';
import type { CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { attributeOf, childElement, childElements, type XmlElement } from '../xml/element.ts';
import { classOf } from '../xml/dotnet-names.ts';
import {
  cngCbcCipher,
  cngDigest,
  cngGcmCipher,
  encryptionAlgorithm,
  managedCipher,
  managedDigest,
  unsupported,
  validationAlgorithm,
} from './algorithm-names.ts';
import { readMasterKey } from './master-key.ts';

/** What the inner `descriptor` element of a key says. */
export interface Descriptor {
  readonly suite: CipherSuite;
  readonly masterKey: KeyObject;
}

export const descriptorNamespace = 'Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel';

// By the class that `deserializerType` names, without its common end.
const families: ReadonlyMap<string, (descriptor: XmlElement) => CipherSuite> = new Map([
  ['AuthenticatedEncryptor', defaultFamily],
  ['ManagedAuthenticatedEncryptor', managedFamily],
  ['CngCbcAuthenticatedEncryptor', cngCbcFamily],
  ['CngGcmAuthenticatedEncryptor', cngGcmFamily],
]);

/**
 * Reads a descriptor whose secrets have been decrypted. The name of its root does not matter.
 *
 * @throws CryptographicError `UnsupportedAlgorithm`, `KeyUnreadable`
 */
export function readDescriptor(deserializerType: string, descriptor: XmlElement): Descriptor {
  const read = families.get(familyOf(deserializerType));
  if (read === undefined) throw unsupported(deserializerType);
  const suite = read(descriptor);
  const [element, second] = childElements(descriptor).filter(
    ({ name, namespace }) => name === 'masterKey' && namespace === '',
  );
  const bytes = element === undefined || second !== undefined ? undefined : readMasterKey(element);
  if (bytes === undefined) throw unreadable('masterKey');
  const masterKey = createSecretKey(bytes);
  bytes.fill(0);
  return { suite, masterKey };
}

function familyOf(deserializerType: string): string {
  const name = classOf(deserializerType);
  const matches = name.startsWith(`${descriptorNamespace}.`) && name.endsWith('DescriptorDeserializer');
  return matches ? name.slice(descriptorNamespace.length + 1, -'DescriptorDeserializer'.length) : '';
}

function defaultFamily(descriptor: XmlElement): CipherSuite {
  const cipher = encryptionAlgorithm(attribute(descriptor, 'encryption', 'algorithm'));
  // GCM authenticates by itself; a comment stands where the validation would.
  if (isGcm(cipher)) return { mode: 'gcm', cipher };
  return { mode: 'cbc', cipher, digest: validationAlgorithm(attribute(descriptor, 'validation', 'algorithm')) };
}

function managedFamily(descriptor: XmlElement): CipherSuite {
  const cipher = managedCipher(...cipherOf(descriptor));
  return { mode: 'cbc', cipher, digest: managedDigest(attribute(descriptor, 'validation', 'algorithm')) };
}

function cngCbcFamily(descriptor: XmlElement): CipherSuite {
  const cipher = cngCbcCipher(...cipherOf(descriptor));
  return { mode: 'cbc', cipher, digest: cngDigest(attribute(descriptor, 'hash', 'algorithm')) };
}

function cngGcmFamily(descriptor: XmlElement): CipherSuite {
  return { mode: 'gcm', cipher: cngGcmCipher(...cipherOf(descriptor)) };
}

function cipherOf(descriptor: XmlElement): [name: string, keyLength: string] {
  return [attribute(descriptor, 'encryption', 'algorithm'), attribute(descriptor, 'encryption', 'keyLength').trim()];
}

function attribute(descriptor: XmlElement, element: string, name: string): string {
  const found = childElement(descriptor, element);
  const value = found === undefined ? undefined : attributeOf(found, name);
  if (value === undefined) throw unreadable(`${element}/@${name}`);
  return value;
}

function isGcm(cipher: CipherSuite['cipher']): cipher is Extract<CipherSuite, { mode: 'gcm' }>['cipher'] {
  return cipher.endsWith('-gcm');
}

function unreadable(node: string): CryptographicError {
  return new CryptographicError('KeyUnreadable', `Its descriptor has no valid ${node}.`);
}
