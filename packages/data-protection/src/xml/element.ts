/** One element with its names resolved: a prefix means nothing, namespace and local name do. */
export interface XmlElement {
  readonly kind: 'element';
  readonly name: string;
  /** Empty = none. */
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlNode[];
}

export interface XmlAttribute {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

export interface XmlText {
  readonly kind: 'text';
  readonly text: string;
}

export interface XmlComment {
  readonly kind: 'comment';
  readonly text: string;
}

export type XmlNode = XmlElement | XmlText | XmlComment;

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((node) => node.kind === 'element');
}

/** The first child of that name. */
export function childElement(element: XmlElement, name: string, namespace = ''): XmlElement | undefined {
  return childElements(element).find((child) => child.name === name && child.namespace === namespace);
}

export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes.find((attribute) => attribute.name === name && attribute.namespace === namespace)?.value;
}

/** The text of the element and of all below it, comments left out. */
export function textOf(element: XmlElement): string {
  return element.children
    .map((node) => (node.kind === 'text' ? node.text : node.kind === 'element' ? textOf(node) : ''))
    .join('');
}

/** An element to be written; strings among the children become text. */
export function elementOf(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (XmlNode | string)[],
  namespace = '',
): XmlElement {
  return {
    kind: 'element',
    name,
    namespace,
    attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, namespace: '', value })),
    children: children.map((child) => (typeof child === 'string' ? { kind: 'text', text: child } : child)),
  };
}
