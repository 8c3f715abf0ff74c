import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutputReader } from './output-reader.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-output-'));
  path = join(folder, 'shop.1.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Rotations as the product does them: copy and truncate; and as logrotate may: rename. */
const rotations = {
  'copy and truncate': () => {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  },
  rename: () => {
    renameSync(path, `${path}.1`);
    writeFileSync(path, '');
  },
};

async function all(reader: OutputReader): Promise<string[]> {
  const lines: string[] = [];
  for (let some = await reader.appended(); some.length > 0; some = await reader.appended()) lines.push(...some);
  return lines;
}

describe('the last lines', () => {
  it.each([
    ['a\nb\nc\n', 2, ['b', 'c'], []],
    ['a\nb', 5, ['a'], ['b']],
    ['a\r\nb\r\n', 5, ['a', 'b'], []],
    ['a\n\n', 5, ['a', ''], []],
    ['a\nb\n', 0, [], []],
    ['', 5, [], []],
  ])('of %j, %i of them', async (text, count, lines, rest) => {
    writeFileSync(path, text);
    const reader = new OutputReader(path);
    expect(await reader.last(count)).toEqual(lines);
    expect(reader.takeRest()).toEqual(rest);
  });

  it('come from the rotated file too when the current one has fewer', async () => {
    writeFileSync(`${path}.1`, '1\n2\n3\n');
    writeFileSync(path, '4\n');
    expect(await new OutputReader(path).last(3)).toEqual(['2', '3', '4']);
  });

  it('begin with a whole line in a large file', async () => {
    writeFileSync(path, `${'x'.repeat(999)}\n`.repeat(2_000));
    const lines = await new OutputReader(path).last(10_000);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([999]));
  });

  it('of a file that is not there, a folder or a link are none', async () => {
    symlinkSync('/etc/passwd', join(folder, 'link'));
    for (const name of ['missing', '.', 'link']) {
      const reader = new OutputReader(join(folder, name));
      expect(await reader.last(10)).toEqual([]);
      expect(await reader.appended()).toEqual([]);
    }
  });
});

describe('what is appended', () => {
  it('comes in whole lines', async () => {
    writeFileSync(path, 'old\nbeg');
    const reader = new OutputReader(path);
    await reader.last(10);
    expect(await all(reader)).toEqual([]);
    appendFileSync(path, 'un\nnext');
    expect(await all(reader)).toEqual(['begun']);
    appendFileSync(path, '\n');
    expect(await all(reader)).toEqual(['next']);
  });

  it('comes from the start of a file that appears later', async () => {
    const reader = new OutputReader(path);
    expect(await all(reader)).toEqual([]);
    writeFileSync(path, 'first\n');
    expect(await all(reader)).toEqual(['first']);
  });

  it('is passed on in pieces when a line does not end', async () => {
    const reader = new OutputReader(path);
    await reader.last(0);
    writeFileSync(path, 'x'.repeat(150_000));
    expect((await all(reader)).map((piece) => piece.length)).toEqual([65_536, 65_536]);
  });

  it.each(Object.entries(rotations))(
    'G-15 survives a rotation by %s without losing or repeating a line',
    async (_, rotate) => {
      const reader = new OutputReader(path);
      const seen: string[] = [...(await reader.last(0))];
      for (let line = 0; line < 10_000; line += 1) {
        appendFileSync(path, `line ${line}\n`);
        if (line % 1_500 === 700) rotate();
        if (line % 400 === 0) seen.push(...(await all(reader)));
      }
      seen.push(...(await all(reader)));
      expect(seen).toEqual(Array.from({ length: 10_000 }, (_unused, line) => `line ${line}`));
    },
  );

  it('is the same text, however it was cut into writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[a\n]{0,9}$/)), async (writes) => {
        writeFileSync(path, '');
        const reader = new OutputReader(path);
        const seen: string[] = [];
        for (const text of writes) {
          appendFileSync(path, text);
          seen.push(...(await all(reader)));
        }
        expect([...seen, ...reader.takeRest()].join('\n')).toBe(writes.join('').replace(/\n$/, ''));
      }),
      { numRuns: 50 },
    );
  });
});
