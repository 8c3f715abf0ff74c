import { assert, constantFrom, array, nat, oneof, property, record, tuple, boolean } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, keyElement, keyIdOf, revocationOf, revocationOfAll, TestLogger } from '../testing/elements.ts';
import { openingWith } from '../testing/keys.ts';
import { attributeOf, childElement, elementOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { obsoleteElements } from './obsolete-elements.ts';
import { readRing } from './ring-elements.ts';
import type { StoredKey } from './stored-key.ts';

const created = at('2026-01-01T00:00:00Z');
const later = at('2026-02-01T00:00:00Z');
const isOne = ({ keyId }: StoredKey): boolean => keyId === keyIdOf(1);

function obsolete(
  elements: readonly XmlElement[],
  mayGo: (key: StoredKey) => boolean,
  logger = new TestLogger(),
): string[] {
  const stored = elements.map((element, index) => ({ element, handle: index }));
  return obsoleteElements(stored, mayGo, openingWith(), logger).map(({ element }) => nameOf(element));
}

function nameOf(element: XmlElement): string {
  const key = element.name === 'key' ? element : childElement(element, 'key');
  return `${element.name} ${Number((key === undefined ? '' : attributeOf(key, 'id'))?.slice(-4))}`;
}

describe('obsoleteElements', () => {
  it('D-36 names keys first, then their revocations, then revocations of all that a later one covers', () => {
    const elements = [
      revocationOfAll(created),
      revocationOf(1, created),
      revocationOf(2, created),
      revocationOf(9, created),
      keyElement(1, { created }),
      keyElement(2, { created }),
      revocationOfAll(later),
      elementOf('other', {}, []),
    ];
    expect(obsolete(elements, isOne)).toEqual(['key 1', 'revocation 1', 'revocation 9', 'revocation NaN']);
  });

  it('keeps the latest revocation of all, and one of two at the same instant', () => {
    expect(obsolete([revocationOfAll(created)], () => true)).toEqual([]);
    expect(obsolete([revocationOfAll(created), revocationOfAll(created)], () => true)).toHaveLength(1);
  });

  it('is asked of keys with their revocations applied', () => {
    const elements = [
      keyElement(1, { created }),
      keyElement(2, { created }),
      keyElement(3, { created: later }),
      revocationOf(2, created),
      revocationOfAll(later),
    ];
    expect(obsolete(elements, ({ isRevoked }) => isRevoked)).toEqual(['key 1', 'key 2', 'revocation 2']);
  });

  it('keeps a key that cannot be read, and its revocation', () => {
    const bad = parseXml(`<key id="${keyIdOf(5)}" />`, 'a test');
    const elements = [bad, revocationOf(5, created), revocationOf(6, created)];
    const logger = new TestLogger();
    expect(obsolete(elements, () => true, logger)).toEqual(['revocation 6']);
    expect(logger.of('error')).toHaveLength(1);
  });

  it('keeps all revocations of single keys while there is a key without an id', () => {
    const bad = parseXml('<key id="smudged" />', 'a test');
    expect(obsolete([bad, revocationOf(5, created), keyElement(1, { created })], isOne)).toEqual(['key 1']);
  });

  it('refuses to choose when a revocation cannot be read', () => {
    const bad = parseXml('<revocation><key id="smudged" /></revocation>', 'a test');
    expect(() => obsolete([bad, keyElement(1, { created })], isOne)).toThrow('A revocation names neither');
  });

  it('D-36 never leaves a revoked key without its revocation, wherever the deleting stops', () => {
    const instants = constantFrom(created, created + 1n, later);
    const element = oneof(
      record({ id: nat(5), created: instants }).map((key) => keyElement(key.id, key)),
      record({ id: nat(5) }).map(({ id }) => revocationOf(id, created)),
      instants.map((instant) => revocationOfAll(instant)),
    );
    assert(
      property(
        tuple(array(element, { maxLength: 12 }), array(boolean(), { minLength: 6, maxLength: 6 })),
        ([all, go]) => {
          const elements = withoutTwins(all);
          const revoked = revokedIn(elements);
          const stored = elements.map((element) => ({ element, handle: element }));
          const mayGo = ({ keyId }: StoredKey): boolean => go[Number(keyId.slice(-1))] === true;
          const chosen = obsoleteElements(stored, mayGo, openingWith(), new TestLogger()).map(({ handle }) => handle);
          for (let count = 0; count <= chosen.length; count += 1) {
            const gone = new Set(chosen.slice(0, count));
            const left = elements.filter((element) => !gone.has(element));
            const leftKeys = left.flatMap((element) => (element.name === 'key' ? [attributeOf(element, 'id')] : []));
            expect(revokedIn(left)).toEqual(revoked.filter((keyId) => leftKeys.includes(keyId)));
          }
        },
      ),
    );
  });
});

function revokedIn(elements: readonly XmlElement[]): string[] {
  const { keys } = readRing(elements, openingWith(), new Map(), new TestLogger());
  return keys.filter(({ isRevoked }) => isRevoked).map(({ keyId }) => keyId);
}

/** Two keys of one id are no ring. */
function withoutTwins(elements: readonly XmlElement[]): XmlElement[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const name = nameOf(element);
    if (element.name === 'key' && seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
