import { dataProtectionNamespace } from '../xml/dotnet-names.ts';
import { attributeOf, type XmlElement } from '../xml/element.ts';

/** Marks an element as a secret, which must not be stored in clear when the ring is encrypted. */
export function requiringEncryption(element: XmlElement): XmlElement {
  const mark = { name: 'requiresEncryption', namespace: dataProtectionNamespace, value: 'true' };
  return { ...element, attributes: [...element.attributes, mark] };
}

/** Anything but a clear no counts as a yes: in doubt a secret is encrypted. */
export function requiresEncryption(element: XmlElement): boolean {
  const mark = attributeOf(element, 'requiresEncryption', dataProtectionNamespace);
  return mark !== undefined && !/^\s*(?:false|0)\s*$/i.test(mark);
}
