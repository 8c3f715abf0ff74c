import { lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocuments } from './read-documents.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-documents-'));
  for (const name of ['own', 'other']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'own/key-1.xml'), 'mine');
  writeFileSync(join(folder, 'other/key-2.xml'), 'theirs');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const root = process.getuid?.() === 0;

describe('what is imported', () => {
  it('are the key files of a folder', async () => {
    writeFileSync(join(folder, 'own/read.me'), '');
    expect(await readDocuments('own', folder)).toEqual({
      documents: [{ name: 'key-1.xml', text: 'mine' }],
      needsPassphrase: false,
    });
  });

  it('never is what a link in the folder brings in from elsewhere', async () => {
    symlinkSync(join(folder, 'other/key-2.xml'), join(folder, 'own/key-2.xml'));
    await expect(readDocuments('own', folder)).rejects.toThrow('which is outside');
  });

  it('may lie behind a link of whoever imports', async () => {
    symlinkSync(join(folder, 'other'), join(folder, 'link'));
    expect((await readDocuments('link', folder)).documents).toEqual([{ name: 'key-2.xml', text: 'theirs' }]);
  });

  it.skipIf(!root).each(['other', 'other/key-2.xml'])(
    'never lies behind a link that somebody else made to what is not his: %s (needs root)',
    async (target) => {
      symlinkSync(join(folder, target), join(folder, 'link'));
      lchownSync(join(folder, 'link'), 4711, 4711);
      await expect(readDocuments('link', folder)).rejects.toThrow('is a link of user 4711 to what belongs to user 0');
    },
  );
});
