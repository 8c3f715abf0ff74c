import { describe, expect, it } from 'vitest';
import vectors from '../testing/vectors.json';
import { parseInstant } from '../time/date-text.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { readRevocationElement, revocationFriendlyName, revocationTest, writeRevocationElement } from './revocation.ts';

const { revocationSingle, revocationAll } = vectors.keyXml;
const instant = (text: string): bigint => parseInstant(text)?.instant ?? -1n;
const read = (text: string): ReturnType<typeof readRevocationElement> => readRevocationElement(parseXml(text, 'x'));

describe('readRevocationElement', () => {
  it('reads the published ones', () => {
    expect(read(revocationSingle.xml)).toEqual({ kind: 'key', keyId: 'a11f35fc-1fed-4bd4-b727-056a63b70932' });
    expect(read(revocationAll.xml)).toEqual({ kind: 'all', before: instant('2015-03-02T03:13:19.7573854Z') });
  });

  it('does not look at the date of one key, nor at reason and version', () => {
    expect(read('<revocation><key id="{A11F35FC-1fed-4bd4-b727-056a63b70932}"/></revocation>')).toEqual({
      kind: 'key',
      keyId: 'a11f35fc-1fed-4bd4-b727-056a63b70932',
    });
  });

  it.each([
    ['no key', '<revocation/>'],
    ['no id', '<revocation><key/></revocation>'],
    ['a bad id', '<revocation><key id="secret"/></revocation>'],
    ['a star among others', '<revocation><key id="**"/></revocation>'],
    ['a key of another namespace', '<revocation><key xmlns="urn:x" id="*"/></revocation>'],
    ['all, without date', '<revocation><key id="*"/></revocation>'],
    ['all, with a bad date', '<revocation><revocationDate>soon</revocationDate><key id="*"/></revocation>'],
  ])('D-20 throws at %s', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'KeyElementError' }));
  });
});

describe('writeRevocationElement', () => {
  it('writes the published ones', () => {
    const reason = "Here's some reason text.";
    const one = { keyId: 'a11f35fc-1fed-4bd4-b727-056a63b70932', date: instant('2014-01-01T00:00:00Z'), reason };
    expect(writeXml(writeRevocationElement(one), 'line')).toBe(revocationSingle.xml);
    expect(revocationFriendlyName(one)).toBe(revocationSingle.friendlyName);

    const all = { keyId: '*', date: instant('2015-03-02T03:13:19.7573854Z'), reason };
    const inUtc = revocationAll.xml.replace('2015-03-01T19:13:19.7573854-08:00', '2015-03-02T03:13:19.7573854Z');
    expect(writeXml(writeRevocationElement(all), 'line')).toBe(inUtc);
    expect(revocationFriendlyName(all)).toBe(revocationAll.friendlyName);
  });

  it('writes an absent reason as an empty element', () => {
    expect(writeXml(writeRevocationElement({ keyId: '*', date: 0n }), 'line')).toContain('<reason /></revocation>');
  });
});

describe('revocationTest', () => {
  const { keys, revocations, revoked } = vectors.getAllKeysScenario;
  const ring = keys.map(({ id, creationDate }) => ({ keyId: id, creationDate: instant(creationDate) }));
  const all = revocations.map((revocation) => ({ kind: 'all' as const, before: instant(revocation.all) }));
  const revokedOf = (...given: Parameters<typeof revocationTest>): string[] =>
    ring.filter(revocationTest(...given)).map(({ keyId }) => keyId);

  it('D-17 marks only the key that one names', () => {
    expect(revokedOf([{ kind: 'key', keyId: keys[2]?.id ?? '' }])).toEqual([keys[2]?.id]);
    expect(revokedOf([{ kind: 'key', keyId: '00000000-0000-0000-0000-000000000000' }])).toEqual([]);
    expect(revokedOf([])).toEqual([]);
  });

  it('D-18 marks keys created strictly before', () => {
    expect(revokedOf(all)).toEqual(revoked);
  });

  it('D-19 takes the latest, in any order', () => {
    expect(revokedOf(all.toReversed())).toEqual(revoked);
  });
});
