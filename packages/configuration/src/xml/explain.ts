import type { XmlElement } from './document.ts';

/** A malformation that people really produce, found by looking at the text instead of by parsing it. */
export interface Malformation {
  readonly message: string;
  readonly offset: number;
}

/** In the order in which they explain each other; tried only on a text that the parser has refused. */
const habits: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  {
    pattern: /^(?:<{7}|={7}|>{7})(?=\s|$)/m,
    message: 'An unresolved merge marker stands here: decide for one side and remove the marker lines.',
  },
  {
    pattern: /^\s+(?=<\?xml\s)/,
    message: 'White space stands before the XML declaration: <?xml must be the first characters of the file.',
  },
  {
    pattern: /^<\?xml\s[^?>]*>/,
    message: 'The XML declaration ends with > instead of ?>.',
  },
  {
    pattern: /^\s*[^<\s]/,
    message: 'The file is not XML: it does not begin with <.',
  },
];

/** The habitual fault of a text that could not be parsed, if one explains it. */
export function explainMalformation(text: string): Malformation | undefined {
  for (const { pattern, message } of habits) {
    const match = pattern.exec(text);
    if (match !== null) return { message, offset: match.index };
  }
  return undefined;
}

const twice = 'A second XML declaration stands here: the file seems to hold its text twice.';

/** What the parser's own words mean to someone who edits configuration files. */
const sentences = new Map([
  ['malformed comment.', 'A comment holds --, which XML does not allow: write another character.'],
  [
    'documents may contain only one root.',
    'The file has more than one root element: everything belongs into one <configuration>.',
  ],
  ['text data outside of root node.', 'Text stands outside the root element: everything belongs into <configuration>.'],
  ['document must contain a root element.', 'The file has no root element; it should be <configuration>.'],
  ['unquoted attribute value.', 'An attribute value needs quotes around it.'],
  ['attribute without value.', 'An attribute needs a value in quotes.'],
  ['no whitespace between attributes.', 'White space is missing between two attributes.'],
  ['undefined entity.', 'This entity is not defined; to write an ampersand as such, write &amp;.'],
  ['empty entity name.', 'To write an ampersand as such, write &amp;.'],
  ['the XML declaration must appear at the start of the document.', twice],
  ['an XML declaration must be at the start of the document.', twice],
  ['unexpected end.', 'The file ends in the middle of a tag, comment or declaration.'],
]);

/** Sentence for a failure of the parser; `closed` is the element that it has closed last. */
export function explainParserMessage(message: string, closed: XmlElement | undefined): string {
  const known = sentences.get(message);
  if (known !== undefined) return known;
  // The parser closes the open element before it says that the end tag was that of another.
  if (message === 'unexpected close tag.' && closed !== undefined) {
    return `The element <${closed.name}> of line ${closed.line} is not closed before this end tag.`;
  }
  const unmatched = /^unmatched closing tag: (.*)\.$/.exec(message)?.[1];
  if (unmatched !== undefined) return `The end tag </${unmatched}> has no start tag.`;
  const unclosed = /^unclosed tag: (.*)$/.exec(message)?.[1];
  if (unclosed !== undefined) return `The element <${unclosed}> is not closed.`;
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}
