import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../errors/encoding-error.ts';
import { vectors } from '../testing/vectors.ts';
import { parseGuid, readGuid, writeGuid } from './guid.ts';

const guid = 'ba73c9ce-d322-4e45-af90-341307e11c38';

describe('GUIDs on the wire', () => {
  it.each(vectors.guid)('D-39 writes and reads $guid', ({ guid, wireHex }) => {
    const bytes = Buffer.alloc(18);
    writeGuid(guid, bytes, 1);
    expect(bytes.toString('hex')).toBe(`00${wireHex}00`);
    expect(readGuid(bytes, 1)).toBe(guid);
  });

  it('come back', () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        const bytes = Buffer.alloc(16);
        writeGuid(guid, bytes);
        expect(readGuid(bytes)).toBe(guid);
      }),
    );
  });

  it.each(['', guid.toUpperCase(), `{${guid}}`, `${guid}0`, guid.replaceAll('-', '')])(
    'refuses to write %j',
    (text) => {
      expect(() => writeGuid(text, Buffer.alloc(16))).toThrow(EncodingError);
    },
  );
});

describe('parseGuid', () => {
  it.each([guid, guid.toUpperCase(), `{${guid}}`, `(${guid})`, guid.replaceAll('-', ''), ` ${guid}\n`])(
    'reads %j',
    (text) => expect(parseGuid(text)).toBe(guid),
  );

  it.each([
    '',
    '*',
    `{${guid}`,
    `${guid}}`,
    `{${guid})`,
    `{${guid.replaceAll('-', '')}}`,
    guid.replace('-', ''),
    guid.slice(1),
    guid.replace('b', 'g'),
    `{${'-'.repeat(36)}}`,
    `(${'-'.repeat(36)})`,
  ])('refuses %j', (text) => expect(parseGuid(text)).toBeUndefined());
});
