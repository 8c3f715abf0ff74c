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
import { writeRingCopy } from './ring-copy.ts';

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
    );
    expect(readdirSync(folder)).toEqual(['key-a.xml', 'revocation-a.xml']);
    writeFileSync(join(folder, 'left-behind.tmp'), '');
    mkdirSync(join(folder, 'folder'));
    writeRingCopy(folder, [{ name: 'key-a', text: 'B' }], own);
    expect(readdirSync(folder)).toEqual(['key-a.xml']);
    expect(readFileSync(join(folder, 'key-a.xml'), 'utf8')).toBe('B');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'key-a.xml')).mode & 0o777).toBe(0o600);
  });

  it('leaves files alone that are as they should be: whoever watches is not woken', () => {
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], own);
    const { ino } = statSync(join(folder, 'key-a.xml'));
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], own);
    expect(statSync(join(folder, 'key-a.xml')).ino).toBe(ino);
  });

  it.skipIf(!root)('is for the group of a pool and no other (needs root)', () => {
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], { gid: 4711 });
    expect(statSync(folder)).toMatchObject({ uid: 0, gid: 4711 });
    expect(statSync(folder).mode & 0o777).toBe(0o750);
    writeRingCopy(folder, [{ name: 'key-a', text: 'A' }], { gid: 4712 });
    const file = statSync(join(folder, 'key-a.xml'));
    expect(file).toMatchObject({ uid: 0, gid: 4712 });
    expect(file.mode & 0o777).toBe(0o640);
  });

  it.each(['../key-a', 'key-a/b', 'other', 'key-', 'key-ä'])('refuses the name %s', (name) => {
    expect(() => writeRingCopy(folder, [{ name, text: '' }], own)).toThrow('a name that no file may have');
  });

  it('refuses a link in the place of the folder', () => {
    mkdirSync(join(run, 'keys'));
    symlinkSync(run, folder);
    expect(() => writeRingCopy(folder, [], own)).toThrow('not a link to one');
  });
});
