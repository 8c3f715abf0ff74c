import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeOf, childElement, textOf, type XmlElement } from './element.ts';
import { depthLimit, parseXml, sizeLimit } from './parse-xml.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function fault(document: Uint8Array | string): string {
  try {
    parseXml(document, 'key-1.xml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

describe('parseXml', () => {
  it('D-4 resolves names whatever the prefix', () => {
    const marks = [
      '<key xmlns:p4="urn:dp"><m p4:mark="true"/></key>',
      '<key><m enc:mark="true" xmlns:enc="urn:dp"/></key>',
      "<key><m xmlns='' xmlns:a='urn:dp' a:mark='true'></m></key>",
    ].map((text) => childElement(parseXml(text, 'x'), 'm') as XmlElement);
    for (const mark of marks) expect(mark).toEqual(marks[0]);
    expect(attributeOf(marks[0] as XmlElement, 'mark', 'urn:dp')).toBe('true');
  });

  it('D-4 takes a default namespace for elements, not for attributes', () => {
    expect(parseXml('<a b="1" xmlns="urn:x"><c/><d xmlns=""/></a>', 'x')).toEqual({
      kind: 'element',
      name: 'a',
      namespace: 'urn:x',
      attributes: [{ name: 'b', namespace: '', value: '1' }],
      children: [
        { kind: 'element', name: 'c', namespace: 'urn:x', attributes: [], children: [] },
        { kind: 'element', name: 'd', namespace: '', attributes: [], children: [] },
      ],
    });
  });

  it.each([
    ['bytes', utf8('<a>é</a>')],
    [
      'D-1 bytes with byte order mark and declaration',
      utf8('\uFEFF<?xml version="1.0" encoding="UTF-8"?>\r\n<a>é</a>\n'),
    ],
    ['D-2 bytes without either', utf8('<a>é</a>\n')],
    ['text with byte order mark', '\uFEFF<a>é</a>'],
    ['text that declares how it was kept once', '<?xml version="1.0" encoding="utf-16"?><a>é</a>'],
    ['character references and CDATA', '<a><![CDATA[]]>&#xe9;</a>'],
  ])('reads %s', (_, document) => {
    expect(textOf(parseXml(document, 'x'))).toBe('é');
  });

  it('keeps comments, drops white space between elements and instructions', () => {
    expect(parseXml('<a>\n  <!-- c -->\n  <?p i?><b/> t </a>', 'x').children.map(({ kind }) => kind)).toEqual([
      'comment',
      'element',
      'text',
    ]);
  });

  it.each([
    [
      'D-10 a document type definition',
      '<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/passwd">]><a>&secret;</a>',
      'key-1.xml, line 1, column 59: a document type definition is not allowed.',
    ],
    [
      'D-10 an empty one',
      '<!DOCTYPE a><a/>',
      'key-1.xml, line 1, column 12: a document type definition is not allowed.',
    ],
    ['an entity', '<a>&secret;</a>', 'key-1.xml, line 1, column 11: not well-formed XML, undefined entity.'],
    ['D-9 an element left open', '<a>\n<secret>', 'key-1.xml, line 2, column 8: not well-formed XML, unclosed tag.'],
    ['a wrong end tag', '<a>\n</secret>', 'key-1.xml, line 2, column 9: not well-formed XML, unexpected close tag.'],
    [
      'an unknown prefix',
      '<secret:a/>',
      'key-1.xml, line 1, column 11: not well-formed XML, unbound namespace prefix.',
    ],
    [
      'an attribute twice',
      '<a secret="1" secret="2"/>',
      'key-1.xml, line 1, column 26: not well-formed XML, duplicate attribute.',
    ],
    [
      'two roots',
      '<a/><secret/>',
      'key-1.xml, line 1, column 12: not well-formed XML, documents may contain only one root.',
    ],
    ['text alone', 'secret', 'key-1.xml, line 1, column 6: not well-formed XML, text data outside of root node.'],
    ['nothing', '', 'key-1.xml, line 1, column 0: not well-formed XML, document must contain a root element.'],
  ])('refuses %s and does not tell the content', (_, text, message) => {
    expect(fault(text)).toBe(message);
    expect(fault(utf8(text))).toBe(message);
  });

  it('refuses other encodings', () => {
    expect(fault(Buffer.from('<a>é</a>', 'latin1'))).toBe('key-1.xml is not UTF-8.');
    expect(fault(utf8('<?xml version="1.0" encoding="iso-8859-1"?><a/>'))).toContain('another encoding than UTF-8');
  });

  it('bounds size and nesting', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(fault(nested(depthLimit))).toBe('none');
    expect(fault(nested(depthLimit + 1))).toContain('nested deeper than 64');
    expect(fault(`<a>${' '.repeat(sizeLimit)}</a>`)).toContain('larger than the 1048576 bytes');
    expect(fault(`<a>${' '.repeat(sizeLimit - 7)}</a>`)).toBe('none');
  });

  it('either reads a document or throws an XmlError', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      'a:b',
      ' ',
      '=',
      '"',
      "'",
      '&',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!DOCTYPE',
      'xmlns',
      'é',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(fault(`<a>${pieces.join('')}</a>`)).toMatch(/^(?:none$|key-1\.xml)/);
      }),
      { numRuns: 1000 },
    );
  });
});
