import { randomBytes } from 'node:crypto';
import { dataProtectionType } from '../../xml/dotnet-names.ts';
import { elementOf, type XmlElement } from '../../xml/element.ts';
import { writeXml } from '../../xml/write-xml.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import { thumbprintOf, type Certificate } from '../certificates/certificate.ts';
import { encryptionNamespace } from '../decryptor-names.ts';
import type { XmlEncryptor } from '../encryption-at-rest.ts';
import { contentAlgorithmOf, elementType, xmlDsigNamespace, xmlEncNamespace, type KeyTransport } from './algorithms.ts';
import { encryptContent } from './content.ts';
import { wrapKey } from './key-transport.ts';

/** Smallest RSA modulus that new keys are encrypted for. */
const leastModulusBits = 2048;

export interface CertificateEncryptionOptions {
  /**
   * How the content's key is encrypted. `rsa-1_5`, the default, is what .NET writes; `rsa-oaep-mgf1p` is the better
   * padding, and .NET reads it.
   */
  readonly keyTransport?: KeyTransport;
}

/** Encrypts for a certificate, with the elements that .NET's `EncryptedXml` writes, in its order. */
export class CertificateXmlEncryptor implements XmlEncryptor {
  readonly #certificate: Certificate;
  readonly #transport: KeyTransport;

  /** @throws CertificateError for a key that is not RSA or shorter than 2048 bit */
  constructor(certificate: Certificate, { keyTransport = 'rsa-1_5' }: CertificateEncryptionOptions = {}) {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.x509.publicKey;
    if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < leastModulusBits) {
      throw new CertificateError(
        `The certificate with thumbprint ${thumbprintOf(certificate.x509)} cannot protect keys: ` +
          `that takes an RSA key of at least ${leastModulusBits} bit.`,
      );
    }
    this.#certificate = certificate;
    this.#transport = keyTransport;
  }

  encrypt(element: XmlElement): Promise<{ element: XmlElement; decryptorType: string }> {
    const { x509 } = this.#certificate;
    const key = randomBytes(32);
    const plaintext = Buffer.from(writeXml(element, 'line'));
    const content = encryptContent(plaintext, key, contentAlgorithmOf(aes256));
    const wrapped = wrapKey(key, x509.publicKey, this.#transport);
    plaintext.fill(0);
    key.fill(0);
    const encryptedKey = xmlEnc('EncryptedKey', {}, [
      xmlEnc('EncryptionMethod', { Algorithm: `${xmlEncNamespace}${this.#transport}` }, []),
      xmlDsig('KeyInfo', [xmlDsig('X509Data', [xmlDsig('X509Certificate', [x509.raw.toString('base64')])])]),
      cipherData(wrapped),
    ]);
    return Promise.resolve({
      element: xmlEnc('EncryptedData', { Type: elementType }, [
        xmlEnc('EncryptionMethod', { Algorithm: aes256 }, []),
        xmlDsig('KeyInfo', [encryptedKey]),
        cipherData(content),
      ]),
      decryptorType: dataProtectionType(`${encryptionNamespace}.EncryptedXmlDecryptor`),
    });
  }
}

const aes256 = `${xmlEncNamespace}aes256-cbc`;

function xmlEnc(name: string, attributes: Readonly<Record<string, string>>, children: XmlElement[]): XmlElement {
  return elementOf(name, attributes, children, xmlEncNamespace);
}

function xmlDsig(name: string, children: readonly (XmlElement | string)[]): XmlElement {
  return elementOf(name, {}, children, xmlDsigNamespace);
}

function cipherData(bytes: Buffer): XmlElement {
  return xmlEnc('CipherData', {}, [elementOf('CipherValue', {}, [bytes.toString('base64')], xmlEncNamespace)]);
}
