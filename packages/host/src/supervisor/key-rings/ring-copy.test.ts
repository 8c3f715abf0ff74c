import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKeysOf, writeRingCopy } from './ring-copy.ts';

let run: string;
let folder: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'poolhouse-copy-'));
  folder = join(run, 'keys/shop');
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

const own = { gid: undefined };
const root = process.getuid?.() === 0;

describe('the copy of a ring', () => {
  it('has what the ring has, and nothing else', () => {
    writeRingCopy(
      folder,
      [
        { name: 'key-a', text: 'A' },
        { name: 'revocation-a', text: 'R' },
      ],
      own,
      'place',
    );
    expect(readdirSync(folder)).toEqual(['.place', 'key-a.xml', 'revocation-a.xml']);
    writeFileSync(join(folder, 'left-behind.tmp'), '');
    mkdirSync(join(folder, 'folder'));
    writeRingCopy(folder, [{ name: 'key-a', text: 'B' }], own, 'place');
    expect(readdirSync(folder)).toEqual(['.place', 'key-a.xml']);
    expect(readFileSync(join(folder, 'key-a.xml'), 'utf8')).toBe('B');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'key-a.xml')).mode & 0o777).toBe(0o600);
  });

  it('leaves files alone that are as they should be: whoever watches is not woken', () => {
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], own, 'place');
    const { ino } = statSync(join(folder, 'key-a.xml'));
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], own, 'place');
    expect(statSync(join(folder, 'key-a.xml')).ino).toBe(ino);
  });

  it('keeps a key as it was that can no longer be opened, if it is of this ring', () => {
    const closed = { name: 'key-a', text: 'closed', closed: true } as const;
    const text = (): string => readFileSync(join(folder, 'key-a.xml'), 'utf8');
    writeRingCopy(folder, [closed], own, 'place');
    expect(text()).toBe('closed');
    writeRingCopy(folder, [{ name: 'key-a', text: 'open' }], own, 'place');
    writeRingCopy(folder, [closed], own, 'place');
    expect(text()).toBe('open');
    writeRingCopy(folder, [closed], own, 'other');
    expect(text()).toBe('closed');
  });

  it('tells keys of this ring from those of the one that a pool had before', () => {
    expect(hasKeysOf(folder, 'place')).toBe(false);
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], own, 'place');
    expect([hasKeysOf(folder, 'place'), hasKeysOf(folder, 'other')]).toEqual([true, false]);
    writeRingCopy(folder, [], own, 'place');
    expect(hasKeysOf(folder, 'place')).toBe(false);
  });

  it.skipIf(!root)('is for the group of a pool and no other (needs root)', () => {
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], { gid: 4711 }, 'place');
    expect(statSync(folder)).toMatchObject({ uid: 0, gid: 4711 });
    expect(statSync(folder).mode & 0o777).toBe(0o750);
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], { gid: 4712 }, 'place');
    const file = statSync(join(folder, 'key-a.xml'));
    expect(file).toMatchObject({ uid: 0, gid: 4712 });
    expect(file.mode & 0o777).toBe(0o640);
  });

  it.each(['../key-a', 'key-a/b', 'other', 'key-', 'key-ä'])('refuses the name %s', (name) => {
    expect(() => writeRingCopy(folder, [{ name, text: '' }], own, 'place')).toThrow('a name that no file may have');
  });

  it('refuses a link in the place of the folder', () => {
    mkdirSync(join(run, 'keys'));
    symlinkSync(run, folder);
    expect(() => writeRingCopy(folder, [], own, 'place')).toThrow('not a link to one');
  });
});
