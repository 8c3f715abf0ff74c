import { CryptographicError } from '../errors/cryptographic-error.ts';
import { classOf, dataProtectionNamespace } from '../xml/dotnet-names.ts';
import { attributeOf, childElements, elementOf, type XmlElement } from '../xml/element.ts';
import type { XmlDecryptor, XmlEncryptor } from './encryption-at-rest.ts';
import { requiresEncryption } from './secret-mark.ts';

/** By the full name of their .NET class, without assembly. */
export type XmlDecryptors = ReadonlyMap<string, XmlDecryptor>;

/** Replaces each element that is marked as a secret, the outermost of those within one another. */
export async function encryptSecrets(element: XmlElement, encryptor: XmlEncryptor): Promise<XmlElement> {
  return replace(element, requiresEncryption, async (secret) => {
    const encrypted = await encryptor.encrypt(secret);
    return elementOf(
      'encryptedSecret',
      { decryptorType: encrypted.decryptorType },
      [encrypted.element],
      dataProtectionNamespace,
    );
  });
}

/**
 * Replaces each encrypted secret by what its decryptor makes of it. That is not searched for further secrets.
 *
 * @throws CryptographicError `UnsupportedDecryptor` and whatever the decryptor throws
 */
export async function decryptSecrets(element: XmlElement, decryptors: XmlDecryptors): Promise<XmlElement> {
  return replace(element, isEncryptedSecret, async (secret) => {
    const type = attributeOf(secret, 'decryptorType') ?? '';
    const decryptor = decryptors.get(classOf(type));
    if (decryptor === undefined) {
      throw new CryptographicError(
        'UnsupportedDecryptor',
        `It is encrypted for the decryptor "${type.slice(0, 300)}", which is not known here: add one under that name.`,
      );
    }
    const [child, second] = childElements(secret);
    if (child === undefined || second !== undefined) {
      throw new CryptographicError('KeyUnreadable', 'Its encryptedSecret does not hold exactly one element.');
    }
    return decryptor.decrypt(child);
  });
}

function isEncryptedSecret({ name, namespace }: XmlElement): boolean {
  return name === 'encryptedSecret' && namespace === dataProtectionNamespace;
}

async function replace(
  element: XmlElement,
  chosen: (element: XmlElement) => boolean,
  replacement: (element: XmlElement) => Promise<XmlElement>,
): Promise<XmlElement> {
  if (chosen(element)) return replacement(element);
  const children = [];
  for (const child of element.children) {
    children.push(child.kind === 'element' ? await replace(child, chosen, replacement) : child);
  }
  return { ...element, children };
}
