import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childElements, type XmlElement } from './document.ts';
import { depthLimit, elementLimit, parseXml } from './parse-xml.ts';
import { XmlError } from './xml-error.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): XmlElement => parseXml(utf8(text), '/etc/x.config').root;

function fault(bytes: Uint8Array): string {
  try {
    parseXml(bytes, 'x');
  } catch (error) {
    if (error instanceof XmlError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  return 'no fault';
}

describe('parseXml', () => {
  it('keeps order, comments, instructions, text and positions', () => {
    const root = parse(
      "<?xml version='1.0'?>\r\n<configuration>\r\n  <!-- hi -->\r\n  <a b='1'\r\n     c=\"x > &amp; &quot;y&quot;\" />\r\n  <?keep me?> text <![CDATA[<z>]]></configuration>\n",
    );
    expect(root).toEqual({
      kind: 'element',
      name: 'configuration',
      line: 2,
      column: 1,
      attributes: [],
      children: [
        { kind: 'comment', text: ' hi ', line: 3, column: 3 },
        {
          kind: 'element',
          name: 'a',
          line: 4,
          column: 3,
          attributes: [
            { name: 'b', value: '1', line: 4, column: 6 },
            { name: 'c', value: 'x > & "y"', line: 5, column: 6 },
          ],
          children: [],
        },
        { kind: 'instruction', target: 'keep', body: 'me', line: 6, column: 3 },
        { kind: 'text', text: ' text ', line: 6, column: 15 },
        { kind: 'text', text: '<z>', line: 6, column: 20 },
      ],
    });
  });

  it('drops namespace declarations and keeps prefixed attributes for the schema to refuse', () => {
    const root = parse('<configuration xmlns="urn:a" xmlns:xdt="urn:b" xdt:Transform="Replace"/>');
    expect(root.attributes.map((attribute) => attribute.name)).toEqual(['xdt:Transform']);
  });

  it('survives attribute names that objects have already', () => {
    const root = parse('<a __proto__="1" constructor="2" toString="3"/>');
    expect(root.attributes.map(({ name, value }) => [name, value])).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
    ]);
  });

  const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return bigEndian ? bytes.swap16() : bytes;
  };
  it.each([
    ['UTF-8', utf8('<a b="é"/>')],
    ['UTF-8 with byte order mark', utf8('\ufeff<a b="é"/>')],
    ['UTF-8 with mark and declaration', utf8('\ufeff<?xml version="1.0" encoding="utf-8"?><a b="é"/>')],
    ['UTF-16, little end first', utf16('<?xml version="1.0" encoding="utf-16"?><a b="é"/>', false)],
    ['UTF-16, big end first', utf16('<a b="é"/>', true)],
  ])('reads %s', (_, bytes) => {
    expect(parseXml(bytes, 'x').root.attributes[0]?.value).toBe('é');
  });

  it.each([
    ['C-2 a file without bytes', '', '1:1 The file is empty; the least it may hold is <configuration/>.'],
    ['white space only', ' \n', '1:1 The file holds only white space; the least it may hold is <configuration/>.'],
    [
      'C-3 a missing end tag',
      '<configuration>\n<a>\n</configuration>',
      '3:16 The element <a> of line 2 is not closed before this end tag.',
    ],
    ['a file cut off', '<configuration>\n<a>', '2:3 The element <a> is not closed.'],
    [
      'C-14 a document type definition',
      '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
      '2:1 A document type definition is not allowed in configuration files.',
    ],
    [
      'a merge marker',
      '<a>\n<<<<<<< HEAD\n<b/>\n=======\n</a>',
      '2:1 An unresolved merge marker stands here: decide for one side and remove the marker lines.',
    ],
    [
      'white space before the declaration',
      '\n <?xml version="1.0"?><a/>',
      '1:1 White space stands before the XML declaration: <?xml must be the first characters of the file.',
    ],
    [
      'a declaration closed with >',
      '<?xml version="1.0" encoding="UTF-8">\n<a/>',
      '1:1 The XML declaration ends with > instead of ?>.',
    ],
    [
      'the text pasted twice',
      '<?xml version="1.0"?>\n<a/>\n<?xml version="1.0"?>\n<a/>',
      '3:6 A second XML declaration stands here: the file seems to hold its text twice.',
    ],
    [
      'two roots',
      '<system.web/>\n<system.webServer/>',
      '2:18 The file has more than one root element: everything belongs into one <configuration>.',
    ],
    ['a deleted start tag', '<a/>\n</configuration>', '2:16 The end tag </configuration> has no start tag.'],
    [
      'hyphens in a comment',
      '<a>\n<!-- -- line -- -->\n</a>',
      '2:8 A comment holds --, which XML does not allow: write another character.',
    ],
    ['not XML', 'server { listen 80; }', '1:1 The file is not XML: it does not begin with <.'],
    ['an attribute without quotes', '<a b=1/>', '1:6 An attribute value needs quotes around it.'],
    [
      'a bare ampersand',
      '<a b="x&y;"/>',
      '1:10 This entity is not defined; to write an ampersand as such, write &amp;.',
    ],
    ['a repeated attribute', '<a b="1" b="2"/>', '1:16 Duplicate attribute: b.'],
    ['a control character', '<a b="\u0001"/>', '1:7 Disallowed character.'],
    [
      'another encoding',
      '<?xml version="1.0" encoding="windows-1252"?><a/>',
      '1:1 The XML declaration says "windows-1252", but configuration files are read as UTF-8: save the file as UTF-8 and say so, or leave the declaration out.',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(fault(utf8(text))).toBe(expected);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(fault(Buffer.from('<a b="\xe9"/>', 'latin1'))).toContain('not valid UTF-8');
  });

  it('bounds nesting, elements and size', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(fault(utf8(nested(depthLimit)))).toBe('no fault');
    expect(fault(utf8(nested(depthLimit + 1)))).toBe(`1:${depthLimit * 3 + 1} Elements are nested deeper than 64.`);
    expect(fault(utf8(`<a>${'<b/>'.repeat(elementLimit)}</a>`))).toContain('more than 100000 elements');
    expect(fault(new Uint8Array(8 * 1024 * 1024 + 1).fill(32))).toContain('configuration files may have 8388608');
  });

  it('gives every element and attribute the place where its name stands in the text', () => {
    const name = fc.stringMatching(/^[a-z][a-zA-Z0-9._-]{0,6}$/);
    const value = fc.string({ unit: fc.constantFrom('a', '>', '&amp;', '&#10;', ' ', '\n', "'", '😀', '\t') });
    const space = fc.constantFrom(' ', '\n', '\r\n  ', '\t');
    const attributes = fc.uniqueArray(fc.tuple(name, value, space), { selector: ([key]) => key, maxLength: 3 });
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc
        .tuple(
          name,
          attributes,
          fc.array(fc.oneof({ maxDepth: 4 }, fc.constantFrom('text', '\r\n', '<!-- c -->'), tie('tree')), {
            maxLength: 3,
          }),
        )
        .map(([tag, list, children]) => {
          const written = list.map(([key, text, gap]) => `${gap}${key} = "${text}"`).join('');
          return `<${tag}${written}>${children.join('')}</${tag}>`;
        }),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const lines = text.split(/\r\n|\r|\n/);
        const check = (element: XmlElement): void => {
          expect(lines[element.line - 1]?.slice(element.column - 1).startsWith(`<${element.name}`)).toBe(true);
          for (const { name: key, line, column } of element.attributes) {
            expect(lines[line - 1]?.slice(column - 1).startsWith(`${key} = "`)).toBe(true);
          }
          childElements(element).forEach(check);
        };
        check(parse(text));
      }),
    );
  });

  it('answers any text with a tree or an XmlError', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      '"',
      '=',
      '&',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      ' ',
      '\n',
      '\u0000',
      '<!DOCTYPE',
    );
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 40 }), (text) => {
        expect(fault(utf8(text))).toMatch(/^(no fault$|\d+:\d+ .)/);
      }),
      { numRuns: 2_000 },
    );
  });
});
