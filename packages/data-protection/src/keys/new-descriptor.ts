import type { Algorithms } from '../encryption/authenticated-encryptor.ts';
import { suiteOfAlgorithms, unsupportedAlgorithm } from '../encryption/cipher-suite.ts';
import { dataProtectionType } from '../xml/dotnet-names.ts';
import { elementOf, type XmlElement, type XmlNode } from '../xml/element.ts';
import { managedSuite } from './algorithm-names.ts';
import { descriptorNamespace } from './descriptor.ts';
import { masterKeyElement } from './master-key.ts';

/** For rings whose other readers were set up with `ManagedAuthenticatedEncryptorConfiguration`. */
export interface ManagedAlgorithms {
  readonly encryption: 'Aes';
  /** Bits. */
  readonly keyLength: 128 | 192 | 256;
  readonly validation: 'HMACSHA1' | 'HMACSHA256' | 'HMACSHA384' | 'HMACSHA512';
}

/** @throws CryptographicError `UnsupportedAlgorithm` for what no new key may have: it could never be used */
export function checkAlgorithms(algorithms: Algorithms | ManagedAlgorithms): void {
  if (!('keyLength' in algorithms)) {
    const { encryption, validation = 'HMACSHA256' } = algorithms;
    suiteOfAlgorithms(encryption, validation);
    return;
  }
  const { encryption: name, keyLength, validation } = algorithms;
  const { cipher } = managedSuite({ name, keyLength: keyLength.toString() }, validation);
  if (cipher === 'des-ede3-cbc') throw unsupportedAlgorithm(`${name}, except for reading`);
}

/** The outer `descriptor` element of a new key, its master key in clear and marked. */
export function newDescriptor(algorithms: Algorithms | ManagedAlgorithms, masterKey: Uint8Array): XmlElement {
  const [family, nodes] =
    'keyLength' in algorithms
      ? (['Managed', managedNodes(algorithms)] as const)
      : (['', defaultNodes(algorithms)] as const);
  const deserializerType = dataProtectionType(
    `${descriptorNamespace}.${family}AuthenticatedEncryptorDescriptorDeserializer`,
  );
  return elementOf('descriptor', { deserializerType }, [
    elementOf('descriptor', {}, [...nodes, masterKeyElement(masterKey)]),
  ]);
}

function defaultNodes({ encryption, validation = 'HMACSHA256' }: Algorithms): XmlNode[] {
  return [
    elementOf('encryption', { algorithm: encryption }, []),
    encryption.endsWith('_GCM')
      ? {
          kind: 'comment',
          text: ' AES-GCM includes a 128-bit authentication tag, no extra validation algorithm required. ',
        }
      : elementOf('validation', { algorithm: validation }, []),
  ];
}

function managedNodes({ encryption, keyLength, validation }: ManagedAlgorithms): XmlNode[] {
  return [
    { kind: 'comment', text: ' Algorithms provided by specified SymmetricAlgorithm and KeyedHashAlgorithm ' },
    elementOf('encryption', { algorithm: encryption, keyLength: keyLength.toString() }, []),
    elementOf('validation', { algorithm: validation }, []),
  ];
}
