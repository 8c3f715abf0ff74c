import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../testing/vectors.json';
import { elementOf, type XmlElement } from './element.ts';
import { parseXml } from './parse-xml.ts';
import { writeXml } from './write-xml.ts';
import { XmlError } from './xml-error.ts';

const { writtenByClassLibrary, revocationSingle, revocationAll, x509, cookieSharingSample } = vectors.keyXml;

describe('writeXml', () => {
  it.each([
    ['a key', writtenByClassLibrary.xmlAfterBom],
    ['the key of the sample', cookieSharingSample.xml],
    ['an encrypted key', x509.encryptedKeyXml],
  ])('D-15 writes %s as .NET does', (_, xml) => {
    expect(writeXml(parseXml(xml, 'x'), 'document')).toBe(xml);
  });

  it.each([
    ['a key', writtenByClassLibrary.singleLineForm],
    ['a revocation', revocationSingle.xml],
    ['a revocation of all', revocationAll.xml],
  ])('writes %s in one line', (_, xml) => {
    expect(writeXml(parseXml(xml, 'x'), 'line')).toBe(xml);
  });

  it('writes nothing that it would not read again: one mebibyte of an element at most, in bytes', () => {
    const element = (characters: number): XmlElement => elementOf('a', {}, ['é'.repeat(characters)]);
    expect(parseXml(writeXml(element(500_000), 'line'), 'x')).toEqual(element(500_000));
    expect(() => writeXml(element(600_000), 'line')).toThrow(XmlError);
    expect(writeXml(element(600_000), 'line', 2_000_000)).toHaveLength(600_007);
  });

  it('escapes', () => {
    const element = elementOf('a', { b: '<&>"\'\t\n\r' }, ['<&>"\'\t\n\r']);
    expect(writeXml(element, 'line')).toBe('<a b="&lt;&amp;&gt;&quot;\'&#x9;&#xA;&#xD;">&lt;&amp;&gt;"\'\t\n&#xD;</a>');
    expect(parseXml(writeXml(element, 'document'), 'x')).toEqual(element);
  });

  it('names several namespaces apart, and reuses what is declared', () => {
    const attributes = ['urn:1', 'urn:2'].map((namespace) => ({ name: 'm', namespace, value: '' }));
    const inner: XmlElement = { kind: 'element', name: 'b', namespace: '', attributes, children: [] };
    const outer: XmlElement = { ...inner, name: 'a', children: [inner] };
    expect(writeXml(outer, 'line')).toBe(
      '<a p1:m="" p1_1:m="" xmlns:p1="urn:1" xmlns:p1_1="urn:2"><b p1:m="" p1_1:m="" /></a>',
    );
  });

  it.each([
    ['a control character', elementOf('a', {}, ['\u0001'])],
    ['half of a pair', elementOf('a', { b: '\ud800' }, [])],
    ['hyphens in a comment', elementOf('a', {}, [{ kind: 'comment', text: 'a--b' }])],
  ])('refuses %s', (_, element) => {
    expect(() => writeXml(element, 'document')).toThrow(expect.objectContaining({ name: 'XmlError' }));
  });

  it('writes what reads back', () => {
    const name = fc.constantFrom('a', 'b', 'key', 'masterKey');
    const namespace = fc.constantFrom('', 'urn:1', 'urn:2', 'http://www.w3.org/XML/1998/namespace');
    const text = fc
      .string({ unit: 'grapheme', maxLength: 10 })
      .filter((value) => /\S/.test(value) && !/\p{Cc}|\r/u.test(value));
    const attribute = fc.record({ name, namespace, value: fc.string({ unit: 'grapheme-ascii', maxLength: 8 }) });
    const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
      element: fc.record({
        kind: fc.constant('element' as const),
        name,
        namespace: fc.constantFrom('', 'urn:1', 'urn:2'),
        attributes: fc.uniqueArray(attribute, { maxLength: 3, selector: (it) => `${it.namespace} ${it.name}` }),
        children: fc.oneof(
          { maxDepth: 4 },
          text.map((value) => [{ kind: 'text' as const, text: value }]),
          fc.array(tie('element'), { maxLength: 3 }),
        ),
      }),
    }));
    fc.assert(
      fc.property(element, fc.constantFrom('document' as const, 'line' as const), (tree, form) => {
        expect(parseXml(writeXml(tree, form), 'x')).toEqual(tree);
      }),
    );
  });
});
