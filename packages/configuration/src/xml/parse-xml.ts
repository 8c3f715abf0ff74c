import { SaxesParser } from 'saxes';
import { decodeXml } from './decode.ts';
import type { XmlAttribute, XmlDocument, XmlElement, XmlNode } from './document.ts';
import { explainMalformation, explainParserMessage } from './explain.ts';
import { lineIndex } from './line-index.ts';
import { XmlError } from './xml-error.ts';

/** Deepest nesting of elements, the root counted. */
export const depthLimit = 64;
/** Most elements of one file. */
export const elementLimit = 100_000;

/**
 * Parses a configuration file. No document type definition is accepted and no external entity is ever read.
 * Throws an `XmlError` with the place of the first fault.
 */
export function parseXml(bytes: Uint8Array, file: string): XmlDocument {
  return { file, root: parseRoot(decodeXml(bytes)) };
}

type Building = Omit<XmlElement, 'children'> & { children: XmlNode[] };

function parseRoot(source: string): XmlElement {
  const position = lineIndex(source);
  const parser = new SaxesParser({ forceXMLVersion: true, defaultXMLVersion: '1.0' });
  const open: Building[] = [];
  let root: Building | undefined;
  let closed: Building | undefined;
  let elements = 0;
  let textStart = 0;

  const refuse = (message: string, offset: number): never => {
    throw new XmlError(message, position(offset));
  };
  // The token that ends where the parser stands holds its own opening mark only at its beginning.
  const startOf = (mark: string): number => Math.max(0, source.lastIndexOf(mark, parser.position - 1));
  // Comments and instructions around the root have no element to stand in.
  const append = (node: XmlNode, end: number): void => {
    open.at(-1)?.children.push(node);
    textStart = end;
  };
  const appendText = (text: string, end: number): void => {
    if (text.trim() === '') return;
    const first = source.slice(textStart, end).search(/\S/);
    append({ kind: 'text', text, ...position(textStart + first) }, end);
  };

  parser.on('error', (error) => {
    const habit = explainMalformation(source);
    if (habit !== undefined) refuse(habit.message, habit.offset);
    const message = error.message.replace(/^\d+:\d+: /, '');
    refuse(explainParserMessage(message, closed), Math.max(0, parser.position - 1));
  });
  parser.on('doctype', () => {
    refuse('A document type definition is not allowed in configuration files.', startOf('<!DOCTYPE'));
  });
  parser.on('opentagstart', () => {
    elements += 1;
    if (open.length >= depthLimit) refuse(`Elements are nested deeper than ${depthLimit}.`, startOf('<'));
    if (elements > elementLimit) refuse(`The file has more than ${elementLimit} elements.`, startOf('<'));
  });
  parser.on('opentag', (tag) => {
    const start = startOf('<');
    const places = attributePlaces(source, start + 1 + tag.name.length);
    const attributes: XmlAttribute[] = [];
    for (const [name, value] of Object.entries(tag.attributes)) {
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      attributes.push({ name, value, ...position(places.get(name) ?? start) });
    }
    const element: Building = { kind: 'element', name: tag.name, attributes, children: [], ...position(start) };
    append(element, parser.position);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    closed = open.pop();
    textStart = parser.position;
  });
  // Text is reported past the `<` that ends it.
  parser.on('text', (text) => appendText(text, parser.position - 1));
  parser.on('cdata', (text) => appendText(text, parser.position));
  parser.on('comment', (text) => {
    // Reported before its `>`.
    append({ kind: 'comment', text, ...position(startOf('<!--')) }, parser.position + 1);
  });
  parser.on('processinginstruction', ({ target, body }) => {
    append({ kind: 'instruction', target, body, ...position(startOf(`<?${target}`)) }, parser.position);
  });

  parser.write(source).close();
  // A missing root is an error of the parser, so there is one here.
  return root as XmlElement;
}

/** Offsets of the attribute names of a start tag that the parser has accepted, from the end of its name. */
function attributePlaces(source: string, from: number): Map<string, number> {
  const places = new Map<string, number>();
  const attribute = /(\s+)([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')/y;
  attribute.lastIndex = from;
  for (let match = attribute.exec(source); match !== null; match = attribute.exec(source)) {
    places.set(match[2] as string, match.index + (match[1] as string).length);
  }
  return places;
}
