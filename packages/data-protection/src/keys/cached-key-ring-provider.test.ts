import { describe, expect, it } from 'vitest';
import { at, TestClock, TestLogger, TestRepository } from '../testing/elements.ts';
import { openingWith } from '../testing/keys.ts';
import { ticksPerDay, ticksPerSecond } from '../time/instant.ts';
import { CachedKeyRingProvider } from './cached-key-ring-provider.ts';
import { KeyManager } from './key-manager.ts';
import { KeyRingLoader } from './key-ring-loader.ts';

const now = at('2026-03-01T00:00:00Z');
const unknown = 'ffffffff-0000-0000-0000-000000000000';

function setting() {
  const [repository, clock, logger] = [new TestRepository(), new TestClock(now), new TestLogger()];
  const manager = new KeyManager({
    repository,
    decryptors: openingWith().decryptors,
    algorithms: { encryption: 'AES_256_CBC' },
    escrowSinks: [],
    clock: clock.read,
    random: (bytes) => Buffer.alloc(bytes, 9),
    logger,
  });
  const loader = new KeyRingLoader({
    manager,
    repository,
    autoGenerateKeys: true,
    newKeyLifetime: 90n * ticksPerDay,
    clock: clock.read,
    jitter: () => 0,
    pause: () => Promise.resolve(),
    logger,
  });
  const pauses: number[] = [];
  const pause = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms));
  const rings = new CachedKeyRingProvider(loader, manager, clock.read, logger, pause);
  return { clock, logger, manager, pauses, repository, rings };
}

/** One whose ring was loaded from a store with a key in it, all reads counted from there. */
async function loaded() {
  const all = setting();
  await all.rings.current();
  // The store of the first key made what was loaded with it the latest.
  all.repository.reads = 0;
  return all;
}

/** Lets what has been started come to its end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('CachedKeyRingProvider', () => {
  it('has no ring before the first load, and then the same until it is stale', async () => {
    const { clock, repository, rings } = setting();
    expect(rings.loaded).toBeUndefined();
    const ring = await rings.current();
    const { reads } = repository;
    clock.now += ticksPerDay - 1n;
    expect(rings.loaded).toBe(ring);
    expect(await rings.current()).toBe(ring);
    expect(repository.reads).toBe(reads);
  });

  it('D-33 loads once for 100 that come at once', async () => {
    const alone = setting();
    await alone.rings.current();
    const { repository, rings } = setting();
    const found = await Promise.all(Array.from({ length: 100 }, () => rings.current()));
    expect(new Set(found).size).toBe(1);
    expect(repository.reads).toBe(alone.repository.reads);
    expect(repository.stored).toHaveLength(1);
  });

  it('fails each that waits for a first load that fails, and tries again for the next', async () => {
    const { repository, rings } = setting();
    repository.failure = new Error('the disk is gone');
    const outcomes = await Promise.allSettled([rings.current(), rings.current()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(repository.reads).toBe(1);
    repository.failure = undefined;
    await expect(rings.current()).resolves.toBeDefined();
  });

  it('D-31 serves a stale ring at once while one refresh runs behind', async () => {
    const { clock, repository, rings } = await loaded();
    const old = rings.loaded;
    clock.now += ticksPerDay;
    let open = (): void => undefined;
    repository.gate = new Promise((resolve) => (open = resolve));
    expect([rings.loaded, rings.loaded, await rings.current()]).toEqual([old, old, old]);
    expect(repository.reads).toBe(1);
    open();
    await expect.poll(() => rings.loaded !== old).toBe(true);
    expect(repository.reads).toBe(1);
  });

  it('D-31 refreshes within its period although the clock was set back', async () => {
    const { clock, repository, rings } = await loaded();
    clock.now -= 365n * ticksPerDay;
    const old = rings.loaded;
    await expect.poll(() => rings.loaded !== old).toBe(true);
    await settled();
    expect(rings.loaded).toBeDefined();
    expect(repository.reads).toBeGreaterThan(0);
    repository.reads = 0;
    clock.now += ticksPerDay - 1n;
    expect(rings.loaded).toBeDefined();
    expect(repository.reads).toBe(0);
  });

  it('D-32 keeps a stale ring for two more minutes when its refresh fails, and logs it', async () => {
    const { clock, logger, repository, rings } = await loaded();
    const old = rings.loaded;
    clock.now += ticksPerDay;
    repository.failure = new Error('the disk is gone');
    expect(rings.loaded).toBe(old);
    await expect.poll(() => logger.of('error').length).toBe(1);
    clock.now += 120n * ticksPerSecond - 1n;
    expect(rings.loaded).toBe(old);
    await settled();
    expect(repository.reads).toBe(1);
    clock.now += 1n;
    repository.failure = undefined;
    expect(rings.loaded).toBe(old);
    await expect.poll(() => rings.loaded !== old).toBe(true);
  });

  it('refreshes when this process has changed the ring', async () => {
    const { manager, repository, rings } = await loaded();
    const { defaultKeyId } = await rings.current();
    await manager.revokeKey(defaultKeyId);
    expect(rings.loaded?.find(defaultKeyId)?.isRevoked).toBe(false);
    await expect.poll(() => rings.loaded?.find(defaultKeyId)?.isRevoked).toBe(true);
    expect(rings.loaded?.defaultKeyId).not.toBe(defaultKeyId);
    expect(repository.stored.filter(({ name }) => name.startsWith('key-'))).toHaveLength(2);
  });

  it('misses no change that comes while it loads', async () => {
    const { manager, repository, rings } = await loaded();
    const old = rings.loaded;
    let open = (): void => undefined;
    repository.gate = new Promise((resolve) => (open = resolve));
    manager.expire();
    expect(rings.loaded).toBe(old);
    manager.expire();
    open();
    await expect.poll(() => (rings.loaded, repository.reads)).toBe(2);
  });

  describe('asked for a key that it does not know', () => {
    it('D-34 reads again in its first two minutes, once for all that ask at a time', async () => {
      const { clock, repository, rings } = await loaded();
      clock.now += 119n * ticksPerSecond;
      await Promise.all([rings.refreshedFor(unknown), rings.refreshedFor(unknown)]);
      expect(repository.reads).toBe(1);
      await rings.refreshedFor(unknown);
      expect(repository.reads).toBe(2);
    });

    it('D-34 reads again once a second at most, however many ids it is sent', async () => {
      const { clock, pauses, repository, rings } = await loaded();
      await rings.refreshedFor(unknown);
      expect(pauses).toEqual([]);
      clock.now += ticksPerSecond / 4n;
      await Promise.all([rings.refreshedFor(unknown), rings.refreshedFor(unknown)]);
      expect(pauses).toEqual([750]);
      clock.now += ticksPerSecond;
      await rings.refreshedFor(unknown);
      expect(pauses).toEqual([750]);
      expect(repository.reads).toBe(3);
    });

    it('D-34 does not read again because the clock was set back', async () => {
      const { clock, repository, rings } = await loaded();
      clock.now -= 1n;
      expect(rings.loaded).toBeDefined();
      await settled();
      repository.reads = 0;
      await rings.refreshedFor(unknown);
      expect(repository.reads).toBe(0);
    });

    it('D-34 does not read again later, nor for a key that it has', async () => {
      const { clock, repository, rings } = await loaded();
      const ring = await rings.current();
      expect(await rings.refreshedFor(ring.defaultKeyId)).toBe(ring);
      clock.now += 120n * ticksPerSecond;
      expect(await rings.refreshedFor(unknown)).toBe(ring);
      expect(repository.reads).toBe(0);
    });

    it('D-34 does not content itself with a read that began before', async () => {
      const { manager, repository, rings } = await loaded();
      let open = (): void => undefined;
      repository.gate = new Promise((resolve) => (open = resolve));
      manager.expire();
      expect(rings.loaded).toBeDefined();
      const asked = rings.refreshedFor(unknown);
      open();
      await asked;
      expect(repository.reads).toBe(2);
    });

    it('fails with what the read failed with', async () => {
      const { repository, rings } = await loaded();
      repository.failure = new Error('the disk is gone');
      await expect(rings.refreshedFor(unknown)).rejects.toThrow('the disk is gone');
    });
  });
});
