import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listEntries } from './folder-entries.ts';
import { renderListing } from './listing-page.ts';
import type { DirectoryBrowseSettings } from './settings.ts';

const settings: DirectoryBrowseSettings = {
  showDate: true,
  showTime: true,
  showSize: true,
  showExtension: true,
  longDate: false,
  hiddenNames: ['bin'],
  hiddenExtensions: ['.config'],
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'listing-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('listEntries', () => {
  it('shows folders first and leaves out what would not be served', async () => {
    for (const name of ['b.txt', 'a.txt', '.env', 'web.config', 'x.CONFIG', 'a:b'])
      writeFileSync(join(root, name), 'xyz');
    for (const name of ['z', 'Bin', '.git', 'node_modules']) mkdirSync(join(root, name));
    const entries = await listEntries(root, settings);
    expect(entries.map(({ name, isFolder, size }) => [name, isFolder, size])).toEqual([
      ['z', true, undefined],
      ['a.txt', false, 3],
      ['b.txt', false, 3],
    ]);
  });

  it('tells nothing of where a link leads', async () => {
    symlinkSync('/etc/passwd', join(root, 'link.txt'));
    expect(await listEntries(root, settings)).toMatchObject([{ name: 'link.txt', size: undefined }]);
  });
});

describe('renderListing', () => {
  const entry = (name: string, isFolder = false) => ({
    name,
    isFolder,
    size: 12_345,
    changed: Date.UTC(2026, 0, 2, 3, 4),
  });

  it('escapes names in text and in links', () => {
    const page = renderListing('/<x>/', [entry('<b>&"\'.txt'), entry('a b:c', true)], settings);
    expect(page).toContain('<h1>Index of /&#60;x&#62;/</h1>');
    expect(page).toContain(`<a href="./%3Cb%3E%26%22'.txt">&#60;b&#62;&#38;&#34;&#39;.txt</a>`);
    expect(page).toContain('<a href="./a%20b%3Ac/">a b:c/</a>');
    expect(page).not.toContain('<b>');
  });

  it('leads to the parent, except from the root', () => {
    expect(renderListing('/a/', [], settings)).toContain('href="../"');
    expect(renderListing('/', [], settings)).not.toContain('href="../"');
  });

  it.each([
    [{}, ['Jan 2, 2026', '3:04 AM', '12,345', 'a.txt']],
    [{ showDate: false, showTime: false, showSize: false }, ['<td></td>', '<td align="right"></td>']],
    [{ longDate: true, showTime: false }, ['Friday, January 2, 2026']],
    [{ showExtension: false }, ['>a</a>']],
  ])('shows what showFlags say: %j', (flags, expected) => {
    const page = renderListing('/', [entry('a.txt')], { ...settings, ...flags });
    for (const text of expected) expect(page).toContain(text);
  });

  it('survives a name that is no text', async () => {
    const name = Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff]), Buffer.from('.txt')]);
    writeFileSync(name, 'x');
    utimesSync(name, 0, 0);
    expect(renderListing('/', await listEntries(root, settings), settings)).toContain('Index of /');
  });
});
