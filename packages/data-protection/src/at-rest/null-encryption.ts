import { CryptographicError } from '../errors/cryptographic-error.ts';
import { dataProtectionType } from '../xml/dotnet-names.ts';
import { childElements, elementOf, type XmlElement } from '../xml/element.ts';
import type { XmlDecryptor, XmlEncryptor } from './encryption-at-rest.ts';
import { encryptionNamespace } from './decryptor-names.ts';

/** Leaves secrets as they are, on request: for tests and for rings that something else encrypts. */
export class NullXmlEncryptor implements XmlEncryptor {
  encrypt(element: XmlElement): Promise<{ element: XmlElement; decryptorType: string }> {
    return Promise.resolve({
      element: elementOf('unencryptedKey', {}, [{ kind: 'comment', text: ' This key is not encrypted. ' }, element]),
      decryptorType: dataProtectionType(`${encryptionNamespace}.NullXmlDecryptor`),
    });
  }
}

export class NullXmlDecryptor implements XmlDecryptor {
  async decrypt(element: XmlElement): Promise<XmlElement> {
    const [child, second] = childElements(element);
    if (child === undefined || second !== undefined) {
      throw new CryptographicError('KeyUnreadable', 'Its unencryptedKey does not hold exactly one element.');
    }
    return Promise.resolve(child);
  }
}
