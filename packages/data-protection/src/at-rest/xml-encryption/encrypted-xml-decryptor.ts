import { X509Certificate, type KeyObject } from 'node:crypto';
import { CryptographicError } from '../../errors/cryptographic-error.ts';
import { base64Bytes } from '../../xml/base64-text.ts';
import { attributeOf, childElement, childElements, textOf, type XmlElement } from '../../xml/element.ts';
import { parseXml } from '../../xml/parse-xml.ts';
import { thumbprintOf, type CertificateSource } from '../certificates/certificate.ts';
import type { XmlDecryptor } from '../encryption-at-rest.ts';
import { contentAlgorithmOf, keyTransportOf, xmlDsigNamespace, xmlEncNamespace } from './algorithms.ts';
import { decryptContent } from './content.ts';
import { unwrapKey } from './key-transport.ts';

/**
 * Reads what was encrypted for a certificate.
 *
 *   1. the algorithms, and an encrypted key that names a certificate whose private key is at hand
 *   2. that key, or a random one when it cannot be decrypted
 *   3. the content with it, and the element in that: one error for whatever fails in 2 and 3
 */
export class EncryptedXmlDecryptor implements XmlDecryptor {
  readonly #sources: readonly CertificateSource[];

  /** @param sources asked in their order; the first private key for a certificate wins */
  constructor(sources: readonly CertificateSource[]) {
    this.#sources = sources;
  }

  async decrypt(data: XmlElement): Promise<XmlElement> {
    const algorithm = contentAlgorithmOf(methodOf(data));
    const content = cipherValueOf(data);
    const { encryptedKey, privateKey } = await this.#keyFor(data);
    const transport = keyTransportOf(methodOf(encryptedKey));
    const key = unwrapKey(cipherValueOf(encryptedKey), privateKey, transport, algorithm.keyBytes);
    const plaintext = decryptContent(content, key, algorithm);
    key.fill(0);
    try {
      return parseXml(plaintext ?? '', 'the decrypted element');
    } catch {
      throw unreadable('It could not be decrypted with the private key of its certificate: it is damaged or forged.');
    } finally {
      plaintext?.fill(0);
    }
  }

  async #keyFor(data: XmlElement): Promise<{ encryptedKey: XmlElement; privateKey: KeyObject }> {
    const thumbprints: string[] = [];
    for (const encryptedKey of encryptedKeysOf(data)) {
      for (const thumbprint of certificatesOf(encryptedKey).map(thumbprintOf)) {
        const privateKey = await this.#privateKey(thumbprint);
        if (privateKey !== undefined) return { encryptedKey, privateKey };
        thumbprints.push(thumbprint);
      }
    }
    throw new CryptographicError(
      'DecryptionKeyNotFound',
      'Unable to retrieve the decryption key. ' +
        (thumbprints.length === 0
          ? 'It names no certificate.'
          : `It is encrypted for the certificate with thumbprint ${thumbprints.join(' or ')}: add that certificate ` +
            'with its RSA private key to those that keys are unprotected with.'),
    );
  }

  async #privateKey(thumbprint: string): Promise<KeyObject | undefined> {
    for (const source of this.#sources) {
      const certificates = await source.find(thumbprint);
      const usable = certificates.find(({ privateKey }) => privateKey?.asymmetricKeyType === 'rsa');
      if (usable?.privateKey !== undefined) return usable.privateKey;
    }
    return undefined;
  }
}

function encryptedKeysOf(data: XmlElement): XmlElement[] {
  const keyInfo = childElement(data, 'KeyInfo', xmlDsigNamespace);
  return keyInfo === undefined ? [] : named(keyInfo, 'EncryptedKey', xmlEncNamespace);
}

function certificatesOf(encryptedKey: XmlElement): X509Certificate[] {
  const keyInfo = childElement(encryptedKey, 'KeyInfo', xmlDsigNamespace);
  if (keyInfo === undefined) return [];
  return named(keyInfo, 'X509Data', xmlDsigNamespace)
    .flatMap((x509Data) => named(x509Data, 'X509Certificate', xmlDsigNamespace))
    .map((certificate) => {
      try {
        return new X509Certificate(base64Bytes(textOf(certificate)) ?? '');
      } catch {
        throw unreadable('It names a certificate that is none.');
      }
    });
}

function methodOf(element: XmlElement): string {
  const method = childElement(element, 'EncryptionMethod', xmlEncNamespace);
  const algorithm = method === undefined ? undefined : attributeOf(method, 'Algorithm');
  if (algorithm === undefined) throw unreadable(`Its ${element.name} has no EncryptionMethod.`);
  return algorithm;
}

function cipherValueOf(element: XmlElement): Buffer {
  const cipherData = childElement(element, 'CipherData', xmlEncNamespace);
  const value = cipherData === undefined ? undefined : childElement(cipherData, 'CipherValue', xmlEncNamespace);
  const bytes = value === undefined ? undefined : base64Bytes(textOf(value));
  if (bytes === undefined) throw unreadable(`Its ${element.name} has no CipherValue; references are not followed.`);
  return bytes;
}

function named(element: XmlElement, name: string, namespace: string): XmlElement[] {
  return childElements(element).filter((child) => child.name === name && child.namespace === namespace);
}

function unreadable(message: string): CryptographicError {
  return new CryptographicError('KeyUnreadable', message);
}
