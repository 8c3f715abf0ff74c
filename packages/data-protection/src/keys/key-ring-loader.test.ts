import { describe, expect, it } from 'vitest';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { NullXmlEncryptor } from '../at-rest/null-encryption.ts';
import {
  at,
  keyElement,
  keyIdOf,
  revocationOf,
  revocationOfAll,
  TestClock,
  TestLogger,
  TestRepository,
} from '../testing/elements.ts';
import { openingWith } from '../testing/keys.ts';
import { ticksPerDay } from '../time/instant.ts';
import { KeyManager, type KeyManagerOptions } from './key-manager.ts';
import { KeyRingLoader, type KeyRingLoaderOptions, type LoadedKeyRing } from './key-ring-loader.ts';

const now = at('2026-03-01T00:00:00Z');
const disabled =
  'The key ring does not contain a valid default protection key. The data protection system cannot create a new key because auto-generation of keys is disabled.';

interface Setting {
  readonly repository?: TestRepository;
  readonly loader?: Partial<KeyRingLoaderOptions>;
  readonly manager?: Partial<KeyManagerOptions>;
  readonly clock?: TestClock;
}

function setting({ repository = new TestRepository(), loader, manager, clock = new TestClock(now) }: Setting) {
  const logger = new TestLogger();
  const pauses: number[] = [];
  const keys = new KeyManager({
    repository,
    decryptors: openingWith().decryptors,
    algorithms: { encryption: 'AES_256_CBC' },
    escrowSinks: [],
    clock: clock.read,
    random: (bytes) => Buffer.alloc(bytes, 9),
    logger,
    ...manager,
  });
  const subject = new KeyRingLoader({
    manager: keys,
    repository,
    autoGenerateKeys: true,
    newKeyLifetime: 90n * ticksPerDay,
    clock: clock.read,
    jitter: () => 0,
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
    logger,
    ...loader,
  });
  return { clock, keys, logger, pauses, repository, load: (): Promise<LoadedKeyRing> => subject.load() };
}

describe('KeyRingLoader', () => {
  it('D-23 makes one key for an empty ring, active at once and for its lifetime', async () => {
    const { keys, load, repository } = setting({});
    const { ring } = await load();
    expect(await keys.getAllKeys()).toMatchObject([
      { keyId: ring.defaultKeyId, activationDate: now, expirationDate: now + 90n * ticksPerDay },
    ]);
    expect(repository.stored).toHaveLength(1);
  });

  it('D-24 makes a successor when the default key is within three days of its end, and goes on with the old one', async () => {
    const expires = now + 2n * ticksPerDay;
    const repository = new TestRepository(keyElement(1, { created: now - 80n * ticksPerDay, expires }));
    const { keys, load } = setting({ repository });
    const { ring } = await load();
    expect(ring.defaultKeyId).toBe(keyIdOf(1));
    expect((await keys.getAllKeys())[1]).toMatchObject({
      activationDate: expires,
      expirationDate: now + 90n * ticksPerDay,
    });
  });

  it('D-25 makes nothing when a successor is there', async () => {
    const expires = now + 2n * ticksPerDay;
    const repository = new TestRepository(
      keyElement(1, { created: now - 80n * ticksPerDay, expires }),
      keyElement(2, { created: now - 3n * ticksPerDay, active: expires }),
    );
    await setting({ repository }).load();
    expect(repository.stored).toEqual([]);
    expect(repository.reads).toBe(1);
  });

  it('D-26 uses what there is, and writes nothing, when it may not make keys', async () => {
    const repository = new TestRepository(
      keyElement(1, { created: now - 200n * ticksPerDay }),
      keyElement(2, { created: now - 100n * ticksPerDay }),
    );
    const { load, logger } = setting({ repository, loader: { autoGenerateKeys: false } });
    const { ring, expires } = await load();
    expect([ring.defaultKeyId, expires, repository.stored]).toEqual([keyIdOf(1), now + ticksPerDay, []]);
    expect(logger.of('warn')).toEqual([
      expect.stringContaining('auto-generation of keys is disabled'),
      expect.stringContaining(`The key {${keyIdOf(1)}} expired at`),
    ]);
  });

  it.each([
    ['the ring is empty', []],
    ['all keys are revoked', [keyElement(1, { created: now }), revocationOf(1, now)]],
  ])('D-27 fails with what ASP.NET Core says when it may not make keys and %s', async (_, elements) => {
    const { load } = setting({ repository: new TestRepository(...elements), loader: { autoGenerateKeys: false } });
    await expect(load()).rejects.toThrow(disabled);
  });

  it('D-28 makes one key only, and uses it, although the store does not list it', async () => {
    const repository = new TestRepository();
    repository.listsStored = false;
    const { ring } = await setting({ repository }).load();
    expect(repository.stored.map(({ name }) => name)).toEqual([`key-${ring.defaultKeyId}`]);
    expect(ring.find(ring.defaultKeyId)?.isRevoked).toBe(false);
  });

  it('D-29 fails when a revocation of all that is dated ahead covers the new key, too', async () => {
    const repository = new TestRepository(revocationOfAll(now + ticksPerDay));
    const { clock, load } = setting({ repository });
    await expect(load()).rejects.toMatchObject({ code: 'KeyRevoked' });
    // Nor does it fill the store with such keys, however often it is asked.
    expect(repository.stored).toEqual([]);
    clock.now += ticksPerDay;
    await expect(load()).resolves.toBeDefined();
    expect(repository.stored).toHaveLength(1);
  });

  it('D-29 fails when such a revocation comes while the key is made', async () => {
    const repository = new TestRepository();
    const store = repository.storeElement.bind(repository);
    repository.storeElement = (element, name): Promise<void> => {
      repository.elements.push(revocationOfAll(now + ticksPerDay));
      return store(element, name);
    };
    await expect(setting({ repository }).load()).rejects.toMatchObject({ code: 'KeyRevoked' });
    expect(repository.stored).toHaveLength(1);
  });

  it.each([
    [0, ticksPerDay],
    [0.5, (ticksPerDay * 9n) / 10n],
    [1 - Number.EPSILON, (ticksPerDay * 8n) / 10n],
  ])('D-31 is read again after 24 hours less a random fifth (%d)', async (jitter, after) => {
    const { load } = setting({ loader: { jitter: () => jitter } });
    const { expires } = await load();
    const difference = expires - now - after;
    expect(difference >= 0n && difference <= 1n).toBe(true);
  });

  it('D-31 is read again when the default key expires, if that comes first', async () => {
    const expires = now + ticksPerDay / 2n;
    const repository = new TestRepository(
      keyElement(1, { created: now - 80n * ticksPerDay, expires }),
      keyElement(2, { created: now - 3n * ticksPerDay, active: expires }),
    );
    expect((await setting({ repository }).load()).expires).toBe(expires);
  });

  describe('with a secret that cannot be had at first', () => {
    /** Keys encrypted so that opening them fails a number of times. */
    async function locked(failures: number, error: () => Error = () => new Error('the vault sleeps')) {
      const repository = new TestRepository();
      await setting({ repository, manager: { encryptor: new NullXmlEncryptor() } }).keys.createNewKey(
        now,
        now + 90n * ticksPerDay,
      );
      const [type = '', null_] =
        [...openingWith().decryptors].find(([name]) => name.endsWith('NullXmlDecryptor')) ?? [];
      let left = failures;
      const decrypt: NonNullable<typeof null_>['decrypt'] = async (element) => {
        left -= 1;
        if (left >= 0) throw error();
        return null_!.decrypt(element);
      };
      return setting({ repository, manager: { decryptors: new Map([[type, { decrypt }]]) } });
    }

    it.each([0, 1, 10])('tries again, %d times if need be, 200 ms apart', async (failures) => {
      const { load, pauses, repository } = await locked(failures);
      await load();
      expect(pauses).toEqual(Array.from({ length: failures }, () => 200));
      expect(repository.stored).toHaveLength(1);
    });

    it('makes another key when all patience is spent', async () => {
      const { load, repository } = await locked(1000);
      const { ring } = await load();
      expect(repository.stored).toHaveLength(2);
      expect(repository.stored[1]?.name).toBe(`key-${ring.defaultKeyId}`);
    });

    it('does not wait where waiting changes nothing', async () => {
      const { load, pauses } = await locked(1000, () => new CryptographicError('KeyEncryptedForWindows', 'DPAPI'));
      await load();
      expect(pauses).toEqual([]);
    });
  });

  it('reads again under the lock: whoever had it before may have made the key', async () => {
    const repository = new TestRepository();
    const other = keyElement(7, { created: now });
    const lockable = Object.assign(repository, {
      withLock: <T>(work: () => Promise<T>): Promise<T> => {
        repository.elements.push(other);
        return work();
      },
    });
    const { ring } = await setting({ repository: lockable }).load();
    expect([ring.defaultKeyId, repository.stored]).toEqual([keyIdOf(7), []]);
  });

  it('D-35 two that race without a lock end with the same default key', async () => {
    const repository = new TestRepository();
    let open = (): void => undefined;
    repository.gate = new Promise((resolve) => (open = resolve));
    const clock = new TestClock(now);
    const [one, other] = [setting({ repository, clock }), setting({ repository, clock })];
    const loading = [one.load(), other.load()];
    open();
    await Promise.all(loading);
    expect(repository.stored).toHaveLength(2);
    const again = await Promise.all([one.load(), other.load()]);
    expect(again[0]?.ring.defaultKeyId).toBe(again[1]?.ring.defaultKeyId);
  });
});
