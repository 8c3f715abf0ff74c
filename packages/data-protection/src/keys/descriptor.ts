import { createSecretKey, type KeyObject } from 'node:crypto';
import type { CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { suiteOfAlgorithms, unsupportedAlgorithm } from '../encryption/cipher-suite.ts';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { attributeOf, childElement, childElements, type XmlElement } from '../xml/element.ts';
import { classOf } from '../xml/dotnet-names.ts';
import { cngCbcSuite, cngGcmSuite, managedSuite, type CipherName } from './algorithm-names.ts';
import { readMasterKey } from './master-key.ts';

/** What the inner `descriptor` element of a key says. */
export interface Descriptor {
  readonly suite: CipherSuite;
  readonly masterKey: KeyObject;
}

export const descriptorNamespace = 'Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel';

/** Characters of a name that go into an error. */
const longestName = 300;

// By the class that `deserializerType` names, without its common end.
const families: ReadonlyMap<string, (descriptor: XmlElement) => CipherSuite> = new Map([
  // With GCM a comment stands where the validation would.
  [
    'AuthenticatedEncryptor',
    (it) => suiteOfAlgorithms(algorithm(it, 'encryption'), optionalAttribute(it, 'validation', 'algorithm')),
  ],
  ['ManagedAuthenticatedEncryptor', (it) => managedSuite(cipherOf(it), algorithm(it, 'validation'))],
  ['CngCbcAuthenticatedEncryptor', (it) => cngCbcSuite(cipherOf(it), algorithm(it, 'hash'))],
  ['CngGcmAuthenticatedEncryptor', (it) => cngGcmSuite(cipherOf(it))],
]);

/**
 * Reads a descriptor whose secrets have been decrypted. The name of its root does not matter.
 *
 * @throws CryptographicError `UnsupportedAlgorithm`, `KeyUnreadable`
 */
export function readDescriptor(deserializerType: string, descriptor: XmlElement): Descriptor {
  const read = families.get(familyOf(deserializerType));
  if (read === undefined) throw unsupportedAlgorithm(deserializerType.slice(0, longestName));
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

function cipherOf(descriptor: XmlElement): CipherName {
  return {
    name: algorithm(descriptor, 'encryption'),
    keyLength: attribute(descriptor, 'encryption', 'keyLength').trim(),
  };
}

function algorithm(descriptor: XmlElement, element: string): string {
  return attribute(descriptor, element, 'algorithm');
}

function attribute(descriptor: XmlElement, element: string, name: string): string {
  const value = optionalAttribute(descriptor, element, name);
  if (value === undefined) throw unreadable(`${element}/@${name}`);
  return value;
}

function optionalAttribute(descriptor: XmlElement, element: string, name: string): string | undefined {
  const found = childElement(descriptor, element);
  return found === undefined ? undefined : attributeOf(found, name)?.slice(0, longestName);
}

function unreadable(node: string): CryptographicError {
  return new CryptographicError('KeyUnreadable', `Its descriptor has no valid ${node}.`);
}
