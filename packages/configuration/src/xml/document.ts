/**
 * A configuration file as a tree that forgets nothing a reader or a writer needs: order, comments,
 * processing instructions, and the place of every element and attribute. Plain data, so that it can cross a
 * process boundary.
 */
export interface XmlDocument {
  readonly file: string;
  readonly root: XmlElement;
}

/** Line and column count from 1; the column counts UTF-16 units. */
export interface XmlPosition {
  readonly line: number;
  readonly column: number;
}

export interface XmlElement extends XmlPosition {
  readonly kind: 'element';
  readonly name: string;
  /** In document order, `xmlns` declarations left out. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlNode[];
}

export interface XmlAttribute extends XmlPosition {
  readonly name: string;
  /** Entities resolved. */
  readonly value: string;
}

/** Text that is not white space; character data sections included. */
export interface XmlText extends XmlPosition {
  readonly kind: 'text';
  readonly text: string;
}

export interface XmlComment extends XmlPosition {
  readonly kind: 'comment';
  readonly text: string;
}

export interface XmlInstruction extends XmlPosition {
  readonly kind: 'instruction';
  readonly target: string;
  readonly body: string;
}

export type XmlNode = XmlElement | XmlText | XmlComment | XmlInstruction;

export function childElements(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => child.kind === 'element');
}

export function attributeOf(element: XmlElement, name: string): XmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.name === name);
}
