import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModuleServices } from '../../gateway/pipeline/module.ts';
import { contentOf, freshMs } from './content.ts';
import type { Content } from './content.ts';
import type { Place } from './place.ts';
import { smallFileBytes } from './look-up.ts';
import type { FileResource } from './resource.ts';

let folder: string;
let root: string;
let now: number;
let events: { name: string; fields: Record<string, unknown> }[];
let content: Content;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'content-'));
  root = join(folder, 'www');
  mkdirSync(root);
  now = 1_000_000;
  events = [];
  const services: Pick<ModuleServices, 'now' | 'emit' | 'shared'> = {
    now: () => now,
    emit: (name, fields) => void events.push({ name, fields }),
    shared: (_, create) => create(),
  };
  content = contentOf(services as ModuleServices);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function place(path: string): Place {
  return { site: 'shop', root, names: path.split('/').filter((name) => name !== ''), isFolder: path.endsWith('/') };
}

async function kindOf(path: string, pathCase: 'fallback' | 'sensitive' = 'fallback'): Promise<string> {
  return (await content.locate(place(path), pathCase)).kind;
}

function write(path: string, text = 'text'): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('content', () => {
  it('describes a file, with the bytes of a small one', async () => {
    write('a/b.txt', 'hello');
    const file = (await content.locate(place('/a/b.txt'), 'sensitive')) as FileResource;
    expect(file).toMatchObject({ kind: 'file', size: 5, path: join(root, 'a/b.txt') });
    expect(Buffer.from(file.content as Uint8Array).toString()).toBe('hello');
    write('large.bin', 'x'.repeat(smallFileBytes + 1));
    expect(await content.locate(place('/large.bin'), 'sensitive')).toMatchObject({ content: undefined });
  });

  it('knows folders, the root among them, and what is not there', async () => {
    write('a/b.txt');
    expect(await kindOf('/')).toBe('directory');
    expect(await kindOf('/a')).toBe('directory');
    expect(await kindOf('/none')).toBe('missing');
    expect(await kindOf('/a/b.txt/c')).toBe('missing');
    expect(await kindOf(`/${'n'.repeat(256)}`)).toBe('missing');
  });

  describe('links', () => {
    it('H-114 does not follow one that leads out of the root, and says so', async () => {
      writeFileSync(join(folder, 'secret.txt'), 'secret');
      symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));
      expect(await kindOf('/link.txt')).toBe('missing');
      expect(events).toEqual([
        {
          name: 'content.link_refused',
          fields: { site: 'shop', path: join(root, 'link.txt'), leadsTo: join(folder, 'secret.txt') },
        },
      ]);
    });

    it('H-114 does not follow a folder that leads out, nor one whose name only begins like the root', async () => {
      mkdirSync(join(folder, 'www-old'));
      writeFileSync(join(folder, 'www-old', 'a.txt'), 'old');
      symlinkSync(join(folder, 'www-old'), join(root, 'old'));
      expect(await kindOf('/old/a.txt')).toBe('missing');
      expect(await kindOf('/old')).toBe('missing');
    });

    it('follows one that stays inside, unless it leads to a name that is never served', async () => {
      write('real/a.txt');
      write('.env', 'PASSWORD=1');
      symlinkSync(join(root, 'real'), join(root, 'alias'));
      symlinkSync('.env', join(root, 'settings.txt'));
      expect(await kindOf('/alias/a.txt')).toBe('file');
      expect(await kindOf('/settings.txt')).toBe('missing');
    });

    it('follows the root itself, as deployments that swap it need', async () => {
      for (const release of ['1', '2']) {
        mkdirSync(join(folder, 'releases', release), { recursive: true });
        writeFileSync(join(folder, 'releases', release, 'v.txt'), release);
      }
      symlinkSync('releases/1', join(folder, 'current'));
      const current = { ...place('/v.txt'), root: join(folder, 'current') };
      const read = async () =>
        Buffer.from(((await content.locate(current, 'sensitive')) as FileResource).content ?? []);
      expect((await read()).toString()).toBe('1');
      symlinkSync('releases/2', join(folder, 'next'));
      renameSync(join(folder, 'next'), join(folder, 'current'));
      now += freshMs;
      expect((await read()).toString()).toBe('2');
    });
  });

  it('serves neither sockets nor devices', async () => {
    const server = createServer().listen(join(root, 'app.sock'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await kindOf('/app.sock')).toBe('missing');
    server.close();
    symlinkSync('/dev/null', join(root, 'null'));
    expect(await kindOf('/null')).toBe('missing');
  });

  describe('names that differ by case', () => {
    it('H-115 finds the one that fits, and says so', async () => {
      write('Images/Logo.PNG');
      expect(await kindOf('/images/logo.png')).toBe('file');
      expect(events).toEqual([
        {
          name: 'content.case_differs',
          fields: { site: 'shop', wanted: join(root, 'images/logo.png'), found: join(root, 'Images/Logo.PNG') },
        },
      ]);
    });

    it('H-115 takes the exact one of several, and none when no name is exact', async () => {
      write('index.html', 'lower');
      write('INDEX.HTML', 'upper');
      const exact = (await content.locate(place('/INDEX.HTML'), 'fallback')) as FileResource;
      expect(Buffer.from(exact.content as Uint8Array).toString()).toBe('upper');
      expect(await kindOf('/Index.Html')).toBe('missing');
    });

    it('finds nothing where the site minds case', async () => {
      write('Logo.png');
      expect(await kindOf('/logo.png', 'sensitive')).toBe('missing');
      expect(events).toEqual([]);
    });
  });

  describe('time', () => {
    it('believes a look for one second, without another call', async () => {
      write('a.txt', 'one');
      const first = await content.locate(place('/a.txt'), 'fallback');
      write('a.txt', 'two!');
      now += freshMs - 1;
      expect(content.locate(place('/a.txt'), 'fallback')).toBe(first);
      now += 1;
      expect(await content.locate(place('/a.txt'), 'fallback')).toMatchObject({ size: 4 });
    });

    it('looks again for what was missing', async () => {
      expect(await kindOf('/new.txt')).toBe('missing');
      write('new.txt');
      expect(await kindOf('/new.txt')).toBe('file');
    });

    it('looks once for several requests that ask at the same time', async () => {
      write('a.txt');
      const [one, two] = await Promise.all([
        content.locate(place('/a.txt'), 'fallback'),
        content.locate(place('/a.txt'), 'fallback'),
      ]);
      expect(one).toBe(two);
    });
  });

  it('opens a located file again, but not another one of its name', async () => {
    write('large.bin', 'x'.repeat(100_000));
    const file = (await content.locate(place('/large.bin'), 'fallback')) as FileResource;
    const handle = await content.open(file, place('/large.bin'));
    expect(handle).toBeDefined();
    await handle?.close();
    rmSync(join(root, 'large.bin'));
    write('large.bin', 'y'.repeat(100_000));
    expect(await content.open(file, place('/large.bin'))).toBeUndefined();
    expect(await content.locate(place('/large.bin'), 'fallback')).not.toBe(file);
  });

  it('names the folder that denies', async () => {
    write('private/a.txt');
    write('secret.txt');
    chmodSync(folder, 0o755);
    chmodSync(join(root, 'private'), 0o600);
    chmodSync(join(root, 'secret.txt'), 0o200);
    await withoutRights(async () => {
      expect(await kindOf('/private/a.txt')).toBe('denied');
      expect(await kindOf('/secret.txt')).toBe('denied');
    });
    expect(events).toEqual([
      { name: 'content.denied', fields: { site: 'shop', path: join(root, 'private') } },
      { name: 'content.denied', fields: { site: 'shop', path: join(root, 'secret.txt') } },
    ]);
  });
});

/** Root may read everything: as root, acts as another user meanwhile. */
async function withoutRights(act: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
