import { describe, expect, it } from 'vitest';
import { at, keyElement, keyIdOf, revocationOf, revocationOfAll, TestLogger } from '../testing/elements.ts';
import { openingWith } from '../testing/keys.ts';
import { vectors } from '../testing/vectors.ts';
import { elementOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { readRing } from './ring-elements.ts';
import type { StoredKey } from './stored-key.ts';

const created = at('2026-01-01T00:00:00Z');
const logger = new TestLogger();

function read(elements: readonly XmlElement[], known: readonly StoredKey[] = [], log = logger): readonly StoredKey[] {
  return readRing(elements, openingWith(), new Map(known.map((key) => [key.keyId, key])), log).keys;
}

/** The element with a part of its text replaced. */
function changed(element: XmlElement, part: string | RegExp, by: string): XmlElement {
  return parseXml(writeXml(element, 'line').replace(part, by), 'a test');
}

describe('readRing', () => {
  it.each([
    ['id', /id="[^"]*"/, 'id="not one"'],
    ['id of two lines', /id="[^"]*"/, 'id="a&#10;error: b"'],
    ['date', /<creationDate>.*?<\/creationDate>/, '<creationDate>yesterday</creationDate>'],
    ['expiry', /<expirationDate>.*?<\/expirationDate>/, ''],
  ])('D-6 leaves out a key with a bad %s, loads the others and logs no text of it', (_, part, by) => {
    const log = new TestLogger();
    const keys = read([changed(keyElement(1, { created }), part, by), keyElement(2, { created })], [], log);
    expect(keys.map(({ keyId }) => keyId)).toEqual([keyIdOf(2)]);
    expect(log.of('error')).toEqual([
      expect.stringMatching(/^A key of the ring is left out \(<key id="[^"]*" version="1">\): /),
    ]);
    expect(log.of('error')[0]).not.toContain('\n');
    const logged = JSON.stringify(log.lines);
    expect(logged).not.toContain(Buffer.alloc(64, 1).toString('base64').slice(0, 20));
    expect(logged).not.toContain('yesterday');
  });

  it('D-7 refuses a ring in which two keys have one id', () => {
    expect(() => read([keyElement(1, { created }), keyElement(1, { created: created + 1n })])).toThrow(
      `The key {${keyIdOf(1)}} already exists in the keyring.`,
    );
  });

  it('D-8 leaves out what is neither key nor revocation, with a warning', () => {
    const log = new TestLogger();
    const foreign = [elementOf('other', {}, []), elementOf('key', {}, [], 'urn:other')];
    expect(read([...foreign, keyElement(1, { created })], [], log)).toHaveLength(1);
    expect(log.of('warn')).toHaveLength(2);
  });

  it('D-17 marks the one key that a revocation names, and warns of one that is not there', () => {
    const log = new TestLogger();
    const keys = read(
      [revocationOf(2, created), keyElement(1, { created }), keyElement(2, { created }), revocationOf(3, created)],
      [],
      log,
    );
    expect(keys.map(({ isRevoked }) => isRevoked)).toEqual([false, true]);
    expect(log.of('warn')).toEqual([`The key {${keyIdOf(3)}} is revoked but not in the key ring.`]);
  });

  it('D-18 D-19 revokes all keys created before the latest instant, as the published scenario has it', () => {
    const { keys, revocations, revoked } = vectors.getAllKeysScenario;
    const elements = [
      ...revocations.map(({ all }) => revocationOfAll(at(all))),
      ...keys.map(({ id, creationDate }) => keyElement(id, { created: at(creationDate) })),
    ];
    for (const ring of [elements, elements.toReversed()]) {
      const found = read(ring).filter(({ isRevoked }) => isRevoked);
      expect(found.map(({ keyId }) => keyId).sort()).toEqual(revoked.toSorted());
    }
  });

  it.each([
    ['a bad id', '<revocation version="1"><key id="nobody" /></revocation>'],
    ['no key', '<revocation version="1" />'],
    ['a bad date', '<revocation><revocationDate>soon</revocationDate><key id="*" /></revocation>'],
  ])('D-20 refuses the ring for a revocation with %s', (_, text) => {
    expect(() => read([keyElement(1, { created }), parseXml(text, 'a test')])).toThrow(/^A revocation /);
  });

  it('keeps what has been decrypted of a key, and learns that it is revoked', async () => {
    const [first] = read([keyElement(1, { created })]);
    const encryptor = await first?.createEncryptor();
    const [again] = read([keyElement(1, { created }), revocationOf(1, created)], first === undefined ? [] : [first]);
    expect([again?.isRevoked, again?.encryptor === encryptor]).toEqual([true, true]);
  });

  it('reads a key anew that could not be decrypted: it may have been encrypted for somebody else since', async () => {
    const bad = changed(keyElement(1, { created }), 'AES_256_CBC', 'ROT13');
    const [first] = read([bad]);
    await expect(first?.createEncryptor()).rejects.toMatchObject({ code: 'UnsupportedAlgorithm' });
    const [again] = read([keyElement(1, { created })], first === undefined ? [] : [first]);
    await expect(again?.createEncryptor()).resolves.toBeDefined();
  });
});
