import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { base64Bytes } from '../xml/base64-text.ts';
import { childElement, elementOf, textOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import type { XmlDecryptor, XmlEncryptor } from './encryption-at-rest.ts';

/** Wraps and unwraps keys with a key that stays in a vault: Azure Key Vault, or anything that offers the same. */
export interface KeyVault {
  /**
   * @param keyId identifier of the vault's key, as configured or as a stored key names it
   * @param algorithm `RSA-OAEP`
   * @returns the wrapped bytes, and the identifier with the version of the key that wrapped them
   */
  wrapKey(keyId: string, algorithm: string, key: Uint8Array): Promise<{ keyId: string; wrapped: Uint8Array }>;
  unwrapKey(keyId: string, algorithm: string, wrapped: Uint8Array): Promise<Uint8Array>;
}

const algorithm = 'RSA-OAEP';
const keyBytes = 16;

/** Names under which versions of the Azure packages store keys. */
export const azureDecryptorClasses = [
  'Azure.Extensions.AspNetCore.DataProtection.Keys.AzureKeyVaultXmlDecryptor',
  'Microsoft.AspNetCore.DataProtection.AzureKeyVault.AzureKeyVaultXmlDecryptor',
] as const;

/** Encrypts with AES-128-CBC under a random key that the vault wraps. */
export class AzureKeyVaultXmlEncryptor implements XmlEncryptor {
  readonly #vault: KeyVault;
  readonly #keyId: string;

  constructor(vault: KeyVault, keyId: string) {
    this.#vault = vault;
    this.#keyId = keyId;
  }

  async encrypt(element: XmlElement): Promise<{ element: XmlElement; decryptorType: string }> {
    const [key, iv] = [randomBytes(keyBytes), randomBytes(16)];
    const cipher = createCipheriv('aes-128-cbc', key, iv);
    const value = Buffer.concat([cipher.update(writeXml(element, 'line'), 'utf8'), cipher.final()]);
    const { keyId, wrapped } = await this.#vault.wrapKey(this.#keyId, algorithm, key);
    key.fill(0);
    return {
      element: elementOf('encryptedKey', {}, [
        { kind: 'comment', text: ' This key is encrypted with Azure Key Vault. ' },
        elementOf('kid', {}, [keyId]),
        elementOf('key', {}, [Buffer.from(wrapped).toString('base64')]),
        elementOf('iv', {}, [iv.toString('base64')]),
        elementOf('value', {}, [value.toString('base64')]),
      ]),
      decryptorType: `${azureDecryptorClasses[0]}, Azure.Extensions.AspNetCore.DataProtection.Keys, Version=1.0.0.0, Culture=neutral, PublicKeyToken=92742159e12e44c8`,
    };
  }
}

/** Without a vault it says which one is needed. */
export class AzureKeyVaultXmlDecryptor implements XmlDecryptor {
  readonly #vault: KeyVault | undefined;

  constructor(vault?: KeyVault) {
    this.#vault = vault;
  }

  async decrypt(element: XmlElement): Promise<XmlElement> {
    const kid = textOf(childElement(element, 'kid') ?? element).trim();
    if (this.#vault === undefined) {
      throw new CryptographicError(
        'DecryptionKeyNotFound',
        `It is encrypted with the Azure Key Vault key "${kid.slice(0, 300)}" and no key vault is configured.`,
      );
    }
    const [wrapped, iv, value] = ['key', 'iv', 'value'].map((name) => bytesOf(element, name));
    if (wrapped === undefined || iv?.length !== 16 || value === undefined) {
      throw new CryptographicError('KeyUnreadable', 'Its encryptedKey lacks kid, key, iv or value.');
    }
    const key = await this.#vault.unwrapKey(kid, algorithm, wrapped);
    try {
      const decipher = createDecipheriv('aes-128-cbc', key, iv);
      return parseXml(Buffer.concat([decipher.update(value), decipher.final()]), 'the decrypted element');
    } catch {
      throw new CryptographicError('KeyUnreadable', 'What the key vault unwrapped does not decrypt it.');
    }
  }
}

function bytesOf(element: XmlElement, name: string): Buffer | undefined {
  const child = childElement(element, name);
  return child === undefined ? undefined : base64Bytes(textOf(child));
}
