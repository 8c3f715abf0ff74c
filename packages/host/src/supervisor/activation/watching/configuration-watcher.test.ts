import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FolderEntry } from '../reading/file-reader.ts';
import { ConfigurationWatcher } from './configuration-watcher.ts';
import { diskWatchSystem, type WatchSystem } from './watch-system.ts';

/** A file system and a clock that do what the test says. */
class FakeSystem implements WatchSystem {
  readonly stamps = new Map<string, string>();
  readonly folders = new Map<string, string>();
  readonly listeners = new Map<string, (name: string | undefined) => void>();
  readonly lossy = new Set<string>();
  readonly linked = new Set<string>();
  stamping = async (): Promise<void> => {};
  unwatchable = false;
  time = 0;
  #timers: { at: number; action: () => void }[] = [];

  watchFolder(folder: string, listener: (name: string | undefined) => void): { close(): void } {
    if (this.unwatchable || !this.folders.has(folder)) throw new Error('ENOSPC');
    this.listeners.set(folder, listener);
    return { close: () => this.listeners.get(folder) === listener && this.listeners.delete(folder) };
  }

  async stamp(path: string): Promise<string | undefined> {
    const found = this.stamps.get(path);
    await this.stamping();
    return found;
  }

  async identity(folder: string): Promise<string | undefined> {
    return this.folders.get(folder);
  }

  async links(folder: string): Promise<readonly string[]> {
    return [...this.linked].filter((link) => folder === link || folder.startsWith(`${link}/`));
  }

  async entries(folder: string): Promise<readonly FolderEntry[] | undefined> {
    if (!this.folders.has(folder)) return undefined;
    const inside = (path: string): boolean => dirname(path) === folder && path !== folder;
    const names = (paths: Iterable<string>, isFolder: boolean): FolderEntry[] =>
      [...paths].filter(inside).map((path) => ({ name: basename(path), isFolder }));
    return [...names(this.folders.keys(), true), ...names(this.stamps.keys(), false)];
  }

  async losesEvents(folder: string): Promise<boolean> {
    return this.lossy.has(folder);
  }

  setTimer(action: () => void, milliseconds: number): { cancel(): void } {
    const timer = { at: this.time + milliseconds, action };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  now(): number {
    return this.time;
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      await new Promise(setImmediate);
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.time = next.at;
      next.action();
    }
    this.time = end;
  }
}

async function watching(
  system: FakeSystem,
  paths: readonly string[],
): Promise<{ changes: () => number; watcher: ConfigurationWatcher }> {
  let count = 0;
  const watcher = new ConfigurationWatcher(system, () => (count += 1));
  await watcher.watch(paths.map((path) => ({ path, stamp: system.stamps.get(path) })));
  return { changes: () => count, watcher };
}

describe('ConfigurationWatcher', () => {
  const file = '/srv/web.config';
  const start = (): FakeSystem => {
    const system = new FakeSystem();
    system.folders.set('/srv', 'a');
    system.stamps.set(file, '1');
    return system;
  };

  it('C-92 reports once, after the folder has been quiet for 250 ms', async () => {
    const system = start();
    const { changes } = await watching(system, [file]);
    for (const stamp of ['2', '3', '4']) {
      system.stamps.set(file, stamp);
      system.listeners.get('/srv')?.('web.config');
      await system.pass(100);
      expect(changes()).toBe(0);
    }
    await system.pass(150);
    expect(changes()).toBe(1);
    await system.pass(60_000);
    expect(changes()).toBe(1);
  });

  it('looks after two seconds at a folder that is never quiet', async () => {
    const system = start();
    const { changes } = await watching(system, [file]);
    system.stamps.set(file, '2');
    for (let index = 0; index < 24; index += 1) {
      system.listeners.get('/srv')?.('busy.log');
      await system.pass(100);
    }
    expect(changes()).toBe(1);
  });

  it('ignores events after which nothing is different', async () => {
    const system = start();
    const { changes } = await watching(system, [file]);
    system.listeners.get('/srv')?.('web.config');
    await system.pass(60_000);
    expect(changes()).toBe(0);
  });

  it('notices a file that comes, and one that comes in another spelling', async () => {
    const system = start();
    const offline = '/srv/app_offline.htm';
    const { changes } = await watching(system, [file, offline]);
    system.stamps.set(offline, '1');
    system.listeners.get('/srv')?.('app_offline.htm');
    await system.pass(300);
    expect(changes()).toBe(1);
    system.listeners.get('/srv')?.('APP_OFFLINE.HTM');
    await system.pass(300);
    expect(changes()).toBe(2);
    system.listeners.get('/srv')?.('app_offline.htm.bak');
    await system.pass(300);
    expect(changes()).toBe(2);
  });

  it('polls where events get lost, and everywhere now and then', async () => {
    const system = start();
    system.folders.set('/nfs', 'b');
    system.lossy.add('/nfs');
    const { changes } = await watching(system, [file, '/nfs/web.config']);
    system.stamps.set('/nfs/web.config', '1');
    await system.pass(1_000);
    expect(changes()).toBe(1);
    system.stamps.set(file, '2');
    await system.pass(15_000);
    expect(changes()).toBe(2);
  });

  it('polls when the system watches as many folders as it can', async () => {
    const system = start();
    system.unwatchable = true;
    const { changes } = await watching(system, [file]);
    system.stamps.set(file, '2');
    await system.pass(1_000);
    expect(changes()).toBe(1);
  });

  it('notices a folder that comes, and watches the one that replaces another', async () => {
    const system = start();
    const { changes } = await watching(system, ['/new/web.config']);
    system.folders.set('/new', 'x');
    await system.pass(1_000);
    expect(changes()).toBe(1);
    const before = system.listeners.get('/new');
    system.folders.set('/new', 'y');
    before?.('new');
    await system.pass(300);
    expect(system.listeners.get('/new')).not.toBe(before);
  });

  it('notices a link to a folder that leads to another one', async () => {
    const system = start();
    system.folders.set('/', 'root').set('/current', 'v1');
    system.linked.add('/current');
    system.stamps.set('/current/web.config', 'v1');
    const { changes } = await watching(system, ['/current/web.config']);
    system.folders.set('/current', 'v2');
    system.stamps.set('/current/web.config', 'v2');
    system.listeners.get('/')?.('other');
    await system.pass(300);
    expect(changes()).toBe(0);
    system.listeners.get('/')?.('current');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('notices a link in the middle of the way', async () => {
    const system = start();
    system.folders.set('/', 'root').set('/current/public', 'v1');
    system.linked.add('/current');
    system.stamps.set('/current/public/web.config', 'v1');
    const { changes } = await watching(system, ['/current/public/web.config']);
    system.folders.set('/current/public', 'v2');
    system.stamps.set('/current/public/web.config', 'v2');
    system.listeners.get('/')?.('current');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('loses no change that comes while it is told what counts', async () => {
    const system = start();
    const { changes, watcher } = await watching(system, [file]);
    system.stamping = async () => {
      system.stamping = async () => {};
      await watcher.watch([{ path: file, stamp: '1' }]);
      system.stamps.set(file, '2');
    };
    system.listeners.get('/srv')?.('web.config');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('forgets what does not count any more, and everything when closed', async () => {
    const system = start();
    const { changes, watcher } = await watching(system, [file]);
    await watcher.watch([{ path: '/other/web.config', stamp: undefined }]);
    expect(system.listeners.has('/srv')).toBe(false);
    await watcher.watch([{ path: file, stamp: '1' }]);
    watcher.close();
    expect(system.listeners.size).toBe(0);
    system.stamps.set(file, '9');
    await system.pass(60_000);
    expect(changes()).toBe(0);
  });
});

describe('folders that come', () => {
  const start = async (): Promise<{ system: FakeSystem; changes: () => number; watcher: ConfigurationWatcher }> => {
    const system = new FakeSystem();
    system.folders.set('/srv', 'a').set('/srv/old', 'b');
    let count = 0;
    const watcher = new ConfigurationWatcher(system, () => (count += 1));
    await watcher.watch([
      { path: '/srv/web.config', stamp: undefined, searched: 'mapped' },
      { path: '/srv/old/web.config', stamp: undefined, searched: 'below' },
    ]);
    return { system, changes: () => count, watcher };
  };
  const comes = (system: FakeSystem, folder: string): void => {
    system.folders.set(folder, `new ${folder}`);
    system.listeners.get(dirname(folder))?.(basename(folder));
  };

  it.each(['/srv/web.config', '/srv/old/web.config', '/srv/old/Web.Config'])('notices %s at once', async (path) => {
    const { system, changes } = await start();
    system.stamps.set(path, '1');
    system.listeners.get(dirname(path))?.(basename(path));
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('notices a folder that comes with a web.config', async () => {
    const { system, changes } = await start();
    system.stamps.set('/srv/old/new/Web.config', '1');
    comes(system, '/srv/old/new');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('notices a web.config that follows its folder, however deep and late', async () => {
    const { system, changes } = await start();
    system.folders.set('/srv/new/a/b', '1').set('/srv/new/a', '1');
    comes(system, '/srv/new');
    await system.pass(60_000);
    expect(changes()).toBe(0);
    system.stamps.set('/srv/new/a/b/web.config', '1');
    system.listeners.get('/srv/new/a/b')?.('web.config');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('goes on watching them after a load that came before them', async () => {
    const { system, changes, watcher } = await start();
    comes(system, '/srv/new');
    await system.pass(300);
    await watcher.watch([{ path: '/srv/web.config', stamp: undefined, searched: 'mapped' }]);
    await system.pass(300);
    system.stamps.set('/srv/new/web.config', '1');
    system.listeners.get('/srv/new')?.('web.config');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('reports a web.config once, though no load uses it', async () => {
    const { system, changes, watcher } = await start();
    system.stamps.set('/srv/new/web.config', '1');
    comes(system, '/srv/new');
    await system.pass(300);
    await watcher.watch([{ path: '/srv/web.config', stamp: undefined, searched: 'mapped' }]);
    await system.pass(60_000);
    expect(changes()).toBe(1);
  });

  it.each(['/srv/node_modules', '/srv/.git', '/srv/file.txt'])('ignores %s', async (path) => {
    const { system, changes } = await start();
    system.stamps.set(`${path}/web.config`, '1');
    if (path.endsWith('.txt')) system.listeners.get('/srv')?.('file.txt');
    else comes(system, path);
    await system.pass(60_000);
    expect(changes()).toBe(0);
  });

  it('ignores that a folder without web.config goes; notices one that comes in its place with it', async () => {
    const { system, changes } = await start();
    system.folders.delete('/srv/old');
    system.listeners.get('/srv')?.('old');
    system.listeners.get('/srv/old')?.('old');
    await system.pass(60_000);
    expect(changes()).toBe(0);
    system.stamps.set('/srv/old/web.config', '1');
    comes(system, '/srv/old');
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('asks for a load when more happens than can be looked at', async () => {
    const { system, changes } = await start();
    for (let index = 0; index < 10_001; index += 1) system.listeners.get('/srv')?.(`${index}.tmp`);
    await system.pass(300);
    expect(changes()).toBe(1);
  });

  it('watches nothing when closed', async () => {
    const { system, watcher } = await start();
    comes(system, '/srv/new');
    await system.pass(300);
    expect(system.listeners.has('/srv/new')).toBe(true);
    watcher.close();
    expect(system.listeners.size).toBe(0);
  });
});

describe('diskWatchSystem', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it.each([
    ['a write', (folder: string) => writeFile(join(folder, 'web.config'), '<configuration> </configuration>')],
    [
      'an atomic replacement',
      async (folder: string) => {
        await writeFile(join(folder, 'new'), '<configuration/>');
        await rename(join(folder, 'new'), join(folder, 'web.config'));
      },
    ],
    ['a removal', (folder: string) => rm(join(folder, 'web.config'))],
    [
      'a folder that comes with one',
      async (folder: string) => {
        await mkdir(join(folder, 'next'));
        await writeFile(join(folder, 'next', 'web.config'), '<configuration/>');
      },
    ],
    [
      'a link that leads elsewhere',
      async (folder: string) => {
        await mkdir(join(folder, 'v2'));
        await writeFile(join(folder, 'v2', 'web.config'), '<configuration/>');
        await symlink('v2/web.config', join(folder, 'next'));
        await rename(join(folder, 'next'), join(folder, 'web.config'));
      },
    ],
  ])('notices %s', async (_, action) => {
    const folder = await mkdtemp(join(tmpdir(), 'poolhouse-watch-'));
    folders.push(folder);
    const path = join(folder, 'web.config');
    await writeFile(path, '<configuration/>');
    const system = diskWatchSystem();
    const changed = Promise.withResolvers<void>();
    const watcher = new ConfigurationWatcher(system, changed.resolve);
    await watcher.watch([{ path, stamp: await system.stamp(path), searched: 'mapped' }]);
    // An unreferenced watch must not let the test end before it tells.
    const alive = setInterval(() => {}, 1_000);
    await action(folder);
    await changed.promise;
    clearInterval(alive);
    watcher.close();
  });
});
