import { watch, type FSWatcher } from 'node:fs';
import { lstat, readdir, stat, statfs } from 'node:fs/promises';
import { diskFiles } from '../reading/disk-files.ts';
import type { FolderEntry } from '../reading/file-reader.ts';

/** What watching needs of the system; passed in so that tests own time and files. */
export interface WatchSystem {
  /** Calls back for anything that happens in a folder. Throws when the folder is missing or the system watches enough. */
  watchFolder(folder: string, listener: (name: string | undefined) => void): { close(): void };
  /** What changes with a regular file; undefined when there is none. Never throws. */
  stamp(path: string): Promise<string | undefined>;
  /** What changes when a folder is replaced by another of its name; undefined when there is none. Never throws. */
  identity(folder: string): Promise<string | undefined>;
  /** The links on the way to a folder, itself included, as `current` leads to `releases/42`. Never throws. */
  links(folder: string): Promise<readonly string[]>;
  /** What a folder holds; undefined when it is none, or a link to one. Never throws. */
  entries(folder: string): Promise<readonly FolderEntry[] | undefined>;
  /** Whether events of a folder are known to get lost: network file systems and FUSE. Never throws. */
  losesEvents(folder: string): Promise<boolean>;
  setTimer(action: () => void, milliseconds: number): { cancel(): void };
  /** Milliseconds, monotonic. */
  now(): number;
}

/** Magic numbers of file systems whose files change on other machines or in other processes: see statfs(2). */
const foreignFileSystems = new Set([0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x65735546, 0x01021997, 0x564c]);

/** The file system and the clock of this process. */
export function diskWatchSystem(): WatchSystem {
  const files = diskFiles({ ownedByRoot: false });
  const unlessFailed = async <Result>(action: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await action();
    } catch {
      return undefined; // what cannot be looked at is not there
    }
  };
  return {
    watchFolder(folder, listener) {
      const watcher: FSWatcher = watch(folder, { persistent: false }, (_, name) => listener(name ?? undefined));
      // A folder that goes takes its watch along; the safety poll finds the next one.
      watcher.on('error', () => watcher.close());
      return watcher;
    },
    stamp: (path) => unlessFailed(() => files.stamp(path)),
    identity: (folder) =>
      unlessFailed(async () => {
        const { dev, ino } = await stat(folder, { bigint: true });
        return `${dev}.${ino}`;
      }),
    async links(folder) {
      const links: string[] = [];
      for (let end = folder.indexOf('/', 1); ; end = folder.indexOf('/', end + 1)) {
        const path = end === -1 ? folder : folder.slice(0, end);
        if ((await unlessFailed(() => lstat(path)))?.isSymbolicLink() === true) links.push(path);
        if (end === -1) return links;
      }
    },
    entries: (folder) =>
      unlessFailed(async () => {
        if (!(await lstat(folder)).isDirectory()) return undefined;
        const entries = await readdir(folder, { withFileTypes: true });
        return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
      }),
    losesEvents: async (folder) => {
      const type = (await unlessFailed(() => statfs(folder)))?.type;
      return type !== undefined && foreignFileSystems.has(type >>> 0);
    },
    setTimer(action, milliseconds) {
      const timer = setTimeout(action, milliseconds);
      timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
    now: () => performance.now(),
  };
}
