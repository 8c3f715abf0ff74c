import { X509Certificate } from 'node:crypto';
import { encryptionNamespace } from '../at-rest/decryptor-names.ts';
import { thumbprintOf } from '../at-rest/certificates/certificate.ts';
import { parseGuid } from '../encoding/guid.ts';
import { base64Bytes } from '../xml/base64-text.ts';
import { classOf } from '../xml/dotnet-names.ts';
import { attributeOf, childElement, childElements, textOf, type XmlElement } from '../xml/element.ts';
import { keyFriendlyName } from './key-element.ts';
import { readRevocationElement, revocationFriendlyName } from './revocation.ts';

/** What an element of a ring tells without its secret being opened. */
export type ElementFacts =
  | {
      readonly kind: 'key';
      readonly keyId: string;
      readonly friendlyName: string;
      /** `AES_256_CBC + HMACSHA256`; empty when it cannot be read. */
      readonly algorithm: string;
      /** How its secret lies in the store: `clear`, `certificate` and its thumbprint, `DPAPI`, … */
      readonly protection: string;
    }
  | {
      readonly kind: 'revocation';
      /** `*` is all keys. */
      readonly keyId: string;
      readonly friendlyName: string;
    };

const schemes: ReadonlyMap<string, string> = new Map([
  ['NullXmlDecryptor', 'clear'],
  ['DpapiXmlDecryptor', 'DPAPI'],
  ['DpapiNGXmlDecryptor', 'DPAPI-NG'],
]);

/** Characters of a name from a file. */
const longest = 100;

/**
 * Undefined for an element that is neither key nor revocation, and for a key without a valid id.
 *
 * @throws KeyElementError for a revocation that cannot be read
 */
export function elementFacts(element: XmlElement): ElementFacts | undefined {
  if (element.namespace !== '') return undefined;
  if (element.name === 'revocation') {
    const revocation = readRevocationElement(element);
    const [keyId, date] = revocation.kind === 'key' ? [revocation.keyId, 0n] : ['*', revocation.before];
    return { kind: 'revocation', keyId, friendlyName: revocationFriendlyName({ keyId, date }) };
  }
  const keyId = element.name === 'key' ? parseGuid(attributeOf(element, 'id') ?? '') : undefined;
  if (keyId === undefined) return undefined;
  const descriptor = childElements(childElement(element, 'descriptor') ?? element)[0] ?? element;
  return {
    ...{ kind: 'key', keyId, friendlyName: keyFriendlyName(keyId) },
    algorithm: algorithmOf(descriptor),
    protection: protectionOf(element),
  };
}

function algorithmOf(descriptor: XmlElement): string {
  const [encryption, validation, hash] = ['encryption', 'validation', 'hash'].map((name) =>
    childElement(descriptor, name),
  );
  const parts = [encryption, validation ?? hash].flatMap((element) => {
    const name = element === undefined ? undefined : attributeOf(element, 'algorithm');
    // Managed descriptors name classes of .NET with their assemblies.
    return name === undefined
      ? []
      : [
          classOf(name)
            .replace(/^System\.Security\.Cryptography\./, '')
            .slice(0, longest),
        ];
  });
  const bits = encryption === undefined ? undefined : attributeOf(encryption, 'keyLength');
  return parts
    .map((part, index) => (index === 0 && bits !== undefined ? `${part}-${bits.slice(0, 5)}` : part))
    .join(' + ');
}

/** Of the first secret; a key has one. */
function protectionOf(element: XmlElement): string {
  const secret = descendants(element).find(({ name, namespace }) => name === 'encryptedSecret' && namespace !== '');
  if (secret === undefined) return 'clear';
  const type = classOf(attributeOf(secret, 'decryptorType') ?? '');
  const name = type.startsWith(`${encryptionNamespace}.`) ? type.slice(encryptionNamespace.length + 1) : type;
  if (name !== 'EncryptedXmlDecryptor') return schemes.get(name) ?? name.slice(0, longest);
  const certificate = descendants(secret).find((each) => each.name === 'X509Certificate');
  try {
    const x509 = new X509Certificate(base64Bytes(certificate === undefined ? '' : textOf(certificate)) ?? '');
    return `certificate ${thumbprintOf(x509)}`;
  } catch {
    return 'certificate';
  }
}

function descendants(element: XmlElement): XmlElement[] {
  return childElements(element).flatMap((child) => [child, ...descendants(child)]);
}
