import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { XmlElement, XmlNode } from './element.ts';
import { XmlError } from './xml-error.ts';

/** Largest document, in bytes; for text in UTF-16 units. */
export const sizeLimit = 1024 * 1024;
/** Deepest nesting of elements, the root counted. */
export const depthLimit = 64;

const namespaceOfDeclarations = 'http://www.w3.org/2000/xmlns/';

/**
 * Reads one XML document: UTF-8 with or without byte order mark and declaration, names resolved to namespaces, white
 * space between elements dropped. Document type definitions are refused and nothing external is ever read.
 *
 * @param origin what the document is called in errors: a file, a friendly name
 * @param largest bytes of a document that holds more than one element of a ring
 * @throws XmlError with the place of the first fault and nothing of the content
 */
export function parseXml(document: Uint8Array | string, origin: string, largest = sizeLimit): XmlElement {
  if (document.length > largest) {
    throw new XmlError(`${origin} is larger than the ${largest} bytes that an element of a key ring may have.`);
  }
  const text = typeof document === 'string' ? document : decode(document, origin);
  return parseText(text.startsWith('\uFEFF') ? text.slice(1) : text, origin, typeof document !== 'string');
}

function decode(bytes: Uint8Array, origin: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new XmlError(`${origin} is not UTF-8.`);
  }
}

function parseText(text: string, origin: string, isBytes: boolean): XmlElement {
  const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' });
  const refuse = (why: string): never => {
    throw new XmlError(`${origin}, line ${parser.line}, column ${parser.column}: ${why}.`);
  };
  const open: { element: XmlElement; children: XmlNode[] }[] = [];
  let root: XmlElement | undefined;

  // The parser's messages name what they found after a colon.
  parser.on('error', (error) => {
    refuse(`not well-formed XML, ${error.message.replace(/^\d+:\d+: /, '').replace(/[:.].*$/s, '')}`);
  });
  parser.on('xmldecl', ({ encoding }) => {
    // A string has been decoded by whoever kept it; its declaration may tell of another time.
    if (isBytes && encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
      refuse('declares another encoding than UTF-8');
  });
  parser.on('doctype', () => refuse('a document type definition is not allowed'));
  parser.on('opentagstart', () => {
    if (open.length >= depthLimit) refuse(`elements are nested deeper than ${depthLimit}`);
  });
  parser.on('opentag', (tag) => {
    const children: XmlNode[] = [];
    const element = elementFrom(tag, children);
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push({ element, children });
  });
  parser.on('closetag', () => open.pop());
  const append = (node: XmlNode): void => void open.at(-1)?.children.push(node);
  parser.on('text', (text) => {
    if (/[^ \t\r\n]/.test(text)) append({ kind: 'text', text });
  });
  parser.on('cdata', (text) => append({ kind: 'text', text }));
  parser.on('comment', (text) => append({ kind: 'comment', text }));

  parser.write(text).close();
  // A missing root is an error of the parser, so there is one here.
  return root as unknown as XmlElement;
}

function elementFrom(tag: SaxesTagNS, children: XmlNode[]): XmlElement {
  return {
    kind: 'element',
    name: tag.local,
    namespace: tag.uri,
    attributes: Object.values(tag.attributes)
      .filter(({ uri }) => uri !== namespaceOfDeclarations)
      .map(({ local, uri, value }) => ({ name: local, namespace: uri, value })),
    children,
  };
}
