import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryWatch, type WatchDirectory } from './directory-watch.ts';

const timing = { debounce: 250, interval: 10_000, retry: 10_000 };

describe('DirectoryWatch', () => {
  describe('with a system that is played', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
    afterEach(() => void vi.useRealTimers());

    it('tells of many files once, and again only after an interval', () => {
      const { notice, told, watch } = played();
      using _watch = new DirectoryWatch('/keys', told, timing, watch);
      for (let number = 0; number < 20; number += 1) notice('rename', `key-${number}.xml`);
      vi.advanceTimersByTime(249);
      expect(told).toHaveBeenCalledTimes(0);
      vi.advanceTimersByTime(1);
      expect(told).toHaveBeenCalledTimes(1);
      notice('change', 'key-1.xml');
      vi.advanceTimersByTime(9_999);
      expect(told).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(1);
      expect(told).toHaveBeenCalledTimes(2);
    });

    it('takes no notice of what is not a key: temporary files, the lock', () => {
      const { notice, told, watch } = played();
      using _watch = new DirectoryWatch('/keys', told, timing, watch);
      notice('rename', '0a.tmp');
      notice('rename', '.poolhouse-dp.lock');
      vi.advanceTimersByTime(60_000);
      expect(told).not.toHaveBeenCalled();
      notice('rename', null);
      vi.advanceTimersByTime(250);
      expect(told).toHaveBeenCalledTimes(1);
    });

    it.each([
      ['was removed', (system: Played) => system.notice('rename', 'keys')],
      ['cannot be watched any more', (system: Played) => system.fail()],
    ])('looks again for a directory that %s', (_, lose) => {
      const system = played();
      using _watch = new DirectoryWatch('/keys', system.told, timing, system.watch);
      system.missing = true;
      lose(system);
      vi.advanceTimersByTime(30_000);
      expect(system.told).not.toHaveBeenCalled();
      system.missing = false;
      vi.advanceTimersByTime(10_250);
      expect(system.told).toHaveBeenCalledTimes(1);
    });

    it('says nothing after it has been disposed of', () => {
      const { notice, told, watch } = played();
      const subject = new DirectoryWatch('/keys', told, timing, watch);
      notice('rename', 'key-1.xml');
      subject[Symbol.dispose]();
      vi.advanceTimersByTime(60_000);
      expect(told).not.toHaveBeenCalled();
    });

    it('stays closed when the system tells of something on its way out', () => {
      const system = played();
      const subject = new DirectoryWatch('/keys', system.told, timing, system.watch);
      subject[Symbol.dispose]();
      system.fail();
      system.notice('rename', 'key-1.xml');
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  it('sees a file come to a directory that is made later', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'watch-'));
    const directory = join(parent, 'keys');
    const told = vi.fn<() => void>();
    using _watch = new DirectoryWatch(directory, told, { debounce: 1, interval: 1, retry: 5 });
    mkdirSync(directory);
    await expect.poll(() => told.mock.calls.length).toBeGreaterThan(0);
    told.mockClear();
    writeFileSync(join(directory, 'key-1.xml'), '<key />');
    await expect.poll(() => told.mock.calls.length).toBeGreaterThan(0);
    rmSync(parent, { recursive: true });
  });
});

type Played = ReturnType<typeof played>;

function played() {
  let noticed: (event: string, name: string | null) => void = () => undefined;
  let failed: () => void = () => undefined;
  const system = {
    missing: false,
    told: vi.fn<() => void>(),
    notice: (event: string, name: string | null): void => noticed(event, name),
    fail: (): void => failed(),
    watch: ((_directory, _options, listener) => {
      if (system.missing) throw new Error('ENOENT');
      noticed = listener;
      return { close: () => undefined, on: (_event, listener) => (failed = listener) };
    }) as WatchDirectory,
  };
  return system;
}
