import type { XmlElement } from '../xml/element.ts';

/** Encrypts an element that holds a secret before it is stored. ASP.NET Core calls it `IXmlEncryptor`. */
export interface XmlEncryptor {
  encrypt(element: XmlElement): Promise<{ readonly element: XmlElement; readonly decryptorType: string }>;
}

/** Reads what one kind of encryptor wrote. ASP.NET Core calls it `IXmlDecryptor`. */
export interface XmlDecryptor {
  /** @param element the child of `encryptedSecret` */
  decrypt(element: XmlElement): Promise<XmlElement>;
}
