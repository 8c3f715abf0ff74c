import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { maxFiles, RollingFile } from './rolling-file.ts';

let folder: string;
const opened: RollingFile[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'httperr-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((file) => file.close()));
  rmSync(folder, { recursive: true, force: true });
});

function rolling(truncateBytes = 20): RollingFile {
  const file = new RollingFile({ folder, truncateBytes, head: () => '#\n' });
  opened.push(file);
  return file;
}
const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  );

it('begins a file with its head, appends, and begins the next one when it is full', async () => {
  const file = rolling();
  await file.append('one\n');
  await file.append('two two two two\n');
  expect(files()).toEqual({ 'httperr1.log': '#\none\ntwo two two two\n' });
  await file.append('three\n');
  expect(files()).toEqual({ 'httperr1.log': '#\none\ntwo two two two\n', 'httperr2.log': '#\nthree\n' });
});

it('goes on with the newest file, whatever else is in the folder', async () => {
  writeFileSync(join(folder, 'httperr3.log'), 'old\n');
  writeFileSync(join(folder, 'httperr10.log'), 'new\n');
  for (const name of ['httperr.log', 'httperr11.log.gz', 'xhttperr99.log', 'httperr-1.log'])
    writeFileSync(join(folder, name), '');
  await rolling().append('more\n');
  expect(files()['httperr10.log']).toBe('new\nmore\n');
});

it('is written by several gateways, which roll together and lose nothing', async () => {
  const gateways = [rolling(), rolling(), rolling()];
  for (let round = 0; round < 20; round++) {
    await Promise.all(gateways.map((file, number) => file.append(`line ${number} ${round}\n`)));
  }
  const lines = Object.values(files()).join('').split('\n');
  expect(lines.filter((line) => line.startsWith('line ')).toSorted()).toEqual(
    Array.from({ length: 60 }, (_, index) => `line ${index % 3} ${Math.floor(index / 3)}`).toSorted(),
  );
  expect(lines.filter((line) => line === '#')).toHaveLength(readdirSync(folder).length);
});

it('begins anew when its file was moved away or removed', async () => {
  const file = rolling(1_000);
  await file.append('one\n');
  rmSync(join(folder, 'httperr1.log'));
  await file.append('two\n');
  expect(files()).toEqual({ 'httperr1.log': '#\ntwo\n' });
  renameSync(join(folder, 'httperr1.log'), join(folder, 'httperr1.old'));
  await file.append('three\n');
  // The moved file is still a file with a name: lines go on to it until it is full, as every log does.
  expect(Object.values(files()).join('')).toContain('three\n');
});

it('keeps a bounded number of files', async () => {
  for (let number = 1; number <= maxFiles; number++)
    writeFileSync(join(folder, `httperr${number}.log`), 'x'.repeat(20));
  await rolling().append('new\n');
  expect(readdirSync(folder)).toHaveLength(maxFiles);
  expect(files()).not.toHaveProperty(['httperr1.log']);
  expect(files()).toHaveProperty(['httperr2.log']);
});

it('writes through no link, and tries again after a failure', async () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(join(elsewhere, 'target'), join(folder, 'httperr1.log'));
  const file = rolling();
  await expect(file.append('one\n')).rejects.toMatchObject({ code: 'ELOOP' });
  expect(readdirSync(elsewhere)).toEqual([]);
  rmSync(join(folder, 'httperr1.log'));
  await file.append('two\n');
  expect(readFileSync(join(folder, 'httperr1.log'), 'latin1')).toBe('#\ntwo\n');
});
