import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareErrorLogFolder, prepareFolders, prepareServedFolder, runFolderRecord } from './prepare-folders.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'poolhouse-folders-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const uid = process.getuid!();
const locations = (more: { readonly runAlias?: string } = {}) => ({
  configuration: join(top, 'c'),
  state: join(top, 'deep/state'),
  run: join(top, 'run'),
  log: join(top, 'log'),
  ...more,
});
const mode = (path: string) => statSync(path).mode & 0o777;

describe('prepareErrorLogFolder', () => {
  it('creates a folder that belongs to the gateways', () => {
    const path = join(top, 'HTTPERR');
    prepareErrorLogFolder(path, undefined);
    expect(mode(path)).toBe(0o750);
    const owner = uid === 0 ? { uid: 4_321, gid: 4_321 } : { uid, gid: process.getgid!() };
    prepareErrorLogFolder(path, owner);
    expect(statSync(path)).toMatchObject(owner);
  });

  it('gives nobody what a link leads to', () => {
    const path = join(top, 'HTTPERR');
    mkdirSync(join(top, 'target'));
    symlinkSync(join(top, 'target'), path);
    expect(() => prepareErrorLogFolder(path, { uid: 4_321, gid: 4_321 })).toThrow('not a link');
    expect(statSync(join(top, 'target')).uid).toBe(uid);
  });
});

describe('prepareFolders', () => {
  it('creates the folders, closed for others but for passing through as root', () => {
    prepareFolders(locations(), uid);
    for (const name of ['deep/state', 'run', 'log']) expect(mode(join(top, name))).toBe(uid === 0 ? 0o711 : 0o700);
  });

  it('records the folder that stands in for one with too long a path', () => {
    const runAlias = join(top, 'asked/for');
    prepareFolders(locations({ runAlias }), uid);
    expect(readFileSync(join(runAlias, runFolderRecord), 'utf8')).toBe(`${join(top, 'run')}\n`);
  });

  it('accepts folders that are there', () => {
    prepareFolders(locations(), uid);
    expect(() => prepareFolders(locations(), uid)).not.toThrow();
  });

  it('refuses a folder that everyone may write to', () => {
    mkdirSync(join(top, 'run'));
    chmodSync(join(top, 'run'), 0o777);
    expect(() => prepareFolders(locations(), uid)).toThrow(/run can be written by everyone.*chmod o-w/);
  });

  it.runIf(uid === 0)('refuses a folder that a group other than root’s may write to (needs root)', () => {
    mkdirSync(join(top, 'log'));
    chownSync(join(top, 'log'), 0, 4211);
    chmodSync(join(top, 'log'), 0o775);
    expect(() => prepareFolders(locations(), uid)).toThrow(/log can be written by the group 4211.*chmod g-w/);
    chownSync(join(top, 'log'), 0, 0);
    expect(() => prepareFolders(locations(), uid)).not.toThrow();
  });

  it('refuses a link', () => {
    mkdirSync(join(top, 'elsewhere'));
    symlinkSync(join(top, 'elsewhere'), join(top, 'run'));
    expect(() => prepareFolders(locations(), uid)).toThrow(/not a link/);
  });

  it('refuses a folder of another user', () => {
    mkdirSync(join(top, 'run'));
    // Only root can give a folder away; anyone else claims to be the next user.
    if (uid === 0) chownSync(join(top, 'run'), 4211, 4211);
    expect(() => prepareFolders(locations(), uid === 0 ? 0 : uid + 1)).toThrow(/belongs to another user/);
  });
});

describe('prepareServedFolder', () => {
  it('keeps itself out of version control', () => {
    prepareServedFolder(top, uid);
    expect(readFileSync(join(top, '.poolhouse/.gitignore'), 'utf8')).toBe('*\n');
  });
});
