import type { XmlElement, XmlNode } from './element.ts';
import { sizeLimit } from './parse-xml.ts';
import { XmlError } from './xml-error.ts';

/**
 * `document`: declaration, two spaces of indentation, for files. `line`: neither, for a list entry or a column. Both as
 * .NET writes them, to the byte, but for the byte order mark that it puts before a document.
 */
export type XmlForm = 'document' | 'line';

interface Scope {
  readonly depth: number;
  readonly defaultNamespace: string;
  readonly prefixes: ReadonlyMap<string, string>;
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const outermost: Scope = { depth: 1, defaultNamespace: '', prefixes: new Map([[xmlNamespace, 'xml']]) };

/**
 * @param largest bytes; as `parseXml` has it, so that nothing is written that nobody here could read again
 * @throws XmlError for more, and for text that XML does not allow
 */
export function writeXml(element: XmlElement, form: XmlForm, largest = sizeLimit): string {
  const text =
    form === 'line'
      ? writeElement(element, outermost, false)
      : `<?xml version="1.0" encoding="utf-8"?>\n${writeElement(element, outermost, true)}`;
  if (Buffer.byteLength(text) > largest) {
    throw new XmlError(`The element <${element.name}> is larger than ${largest} bytes and is not written.`);
  }
  return text;
}

function writeElement(element: XmlElement, outer: Scope, indented: boolean): string {
  const prefixes = new Map(outer.prefixes);
  const declarations: string[] = [];
  if (element.namespace !== outer.defaultNamespace) declarations.push(` xmlns="${escape(element.namespace)}"`);
  const attributes = element.attributes.map(({ name, namespace, value }) => {
    if (namespace === '') return ` ${name}="${escape(value)}"`;
    let prefix = prefixes.get(namespace);
    if (prefix === undefined) {
      prefix = prefixOf(outer.depth, prefixes);
      prefixes.set(namespace, prefix);
      declarations.push(` xmlns:${prefix}="${escape(namespace)}"`);
    }
    return ` ${prefix}:${name}="${escape(value)}"`;
  });
  const start = `<${element.name}${attributes.join('')}${declarations.join('')}`;
  if (element.children.length === 0) return `${start} />`;
  const scope: Scope = { depth: outer.depth + 1, defaultNamespace: element.namespace, prefixes };
  // White space beside text would become a part of it.
  const breaks = indented && element.children.every(({ kind }) => kind !== 'text');
  const written = element.children.map((child) => writeNode(child, scope, breaks));
  const inside = breaks
    ? `${written.map((text) => `\n${'  '.repeat(outer.depth)}${text}`).join('')}\n${'  '.repeat(outer.depth - 1)}`
    : written.join('');
  return `${start}>${inside}</${element.name}>`;
}

function writeNode(node: XmlNode, scope: Scope, indented: boolean): string {
  if (node.kind === 'element') return writeElement(node, scope, indented);
  if (node.kind === 'text') return escapeText(node.text);
  if (node.text.includes('--') || node.text.endsWith('-')) throw new XmlError('A comment must not hold "--".');
  return `<!--${checked(node.text)}-->`;
}

/** `p4` for an attribute of the fourth level: .NET makes prefixes up so. */
function prefixOf(depth: number, taken: ReadonlyMap<string, string>): string {
  const names = new Set(taken.values());
  let prefix = `p${depth}`;
  for (let number = 1; names.has(prefix); number += 1) prefix = `p${depth}_${number}`;
  return prefix;
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** For attribute values, in which white space as such would be normalised by the reader. */
function escape(text: string): string {
  return checked(text).replaceAll(/[&<>"\t\n\r]/g, (character) => references[character] ?? character);
}

function escapeText(text: string): string {
  return checked(text).replaceAll(/[&<>\r]/g, (character) => references[character] ?? character);
}

function checked(text: string): string {
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.test(text)) {
    throw new XmlError('Text holds a character that XML does not allow: a control character or half of a pair.');
  }
  return text;
}
