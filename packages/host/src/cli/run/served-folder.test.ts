import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideFolder, saveDecision } from './served-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-served-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('decideFolder', () => {
  it('understands a folder', async () => {
    writeFileSync(join(folder, 'server.js'), '');
    expect(await decideFolder(folder)).toMatchObject({ runtime: 'node' });
  });

  it.each<[string, () => string, number, RegExp]>([
    ['empty', () => folder, 6, /nothing to run in .*: the folder is empty/],
    ['empty but for hidden files', () => (mkdirSync(join(folder, '.git')), folder), 6, /the folder is empty/],
    ['missing', () => join(folder, 'x'), 3, /there is no folder/],
    ['a file', () => (writeFileSync(join(folder, 'f'), ''), join(folder, 'f')), 3, /is not a folder/],
    [
      'a project',
      () => (writeFileSync(join(folder, 'a.csproj'), ''), folder),
      6,
      /cannot be run as it is: a.csproj is a project/,
    ],
  ])('refuses one that is %s', async (_, path, exit, message) => {
    await expect(decideFolder(path())).rejects.toThrow(
      expect.objectContaining({ exit, message: expect.stringMatching(message) }),
    );
  });
});

describe('saveDecision', () => {
  it('writes a web.config that says the same, and never over one', async () => {
    writeFileSync(join(folder, 'server.js'), '');
    const decision = await decideFolder(folder);
    expect(saveDecision(folder, decision)).toBe(`wrote ${folder}/web.config`);
    expect(readFileSync(join(folder, 'web.config'), 'utf8')).toContain('processPath="node"');
    expect(saveDecision(folder, decision)).toMatch(/stays as it is/);
    expect(saveDecision(folder, await decideFolder(folder))).toMatch(/nothing to save/);
  });

  it('has nothing to write for files', async () => {
    writeFileSync(join(folder, 'index.html'), '');
    expect(saveDecision(folder, await decideFolder(folder))).toMatch(/nothing to save/);
    expect(readdirSync(folder)).toEqual(['index.html']);
  });
});
