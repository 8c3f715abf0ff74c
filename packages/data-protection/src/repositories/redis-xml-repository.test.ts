import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataProtectionProvider } from '../protection/data-protection-provider.ts';
import { keyElement, keyIdOf, revocationOf, TestLogger } from '../testing/elements.ts';
import { startRedis, withoutRedis, type TestServer } from '../testing/servers.ts';
import vectors from '../testing/vectors.json';
import { systemClock } from '../time/instant.ts';
import { attributeOf } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { RedisXmlRepository, type IoRedisClient, type NodeRedisClient } from './redis-xml-repository.ts';

const missing = withoutRedis();

describe.skipIf(missing !== undefined)(`RedisXmlRepository${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: TestServer;
  let nodeRedis: ReturnType<typeof createClient>;
  let ioRedis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    nodeRedis = createClient({ socket: { path: server.socket, tls: false } });
    await nodeRedis.connect();
    ioRedis = new Redis(server.socket);
  });
  beforeEach(() => nodeRedis.flushAll());
  afterAll(async () => {
    nodeRedis.destroy();
    ioRedis.disconnect();
    await server.stop();
  });

  // That both are taken as they come is a part of the test.
  const clients: [string, () => NodeRedisClient | IoRedisClient][] = [
    ['redis', () => nodeRedis],
    ['ioredis', () => ioRedis],
  ];

  describe.each(clients)('with %s', (_, client) => {
    it('D-61 reads what ASP.NET Core put into the list, and adds to it in its form', async () => {
      const { singleLineForm } = vectors.keyXml.writtenByClassLibrary;
      await ioRedis.rpush('DataProtection-Keys', singleLineForm);
      const repository = new RedisXmlRepository(client());
      const [stored] = await repository.getAllElements();
      expect(stored).toEqual(parseXml(vectors.keyXml.writtenByClassLibrary.xmlAfterBom, 'the vectors'));
      if (stored === undefined) return;
      await repository.storeElement(stored);
      expect(await ioRedis.lrange('DataProtection-Keys', 0, -1)).toEqual([singleLineForm, singleLineForm]);
      expect(await ioRedis.ttl('DataProtection-Keys')).toBe(-1);
    });

    it('keeps a ring for several processes, in a list of any name', async () => {
      const [one, other] = [0, 1].map(() =>
        DataProtectionProvider.create({
          applicationName: 'shop',
          repository: new RedisXmlRepository(client(), { list: 'shop:keys' }),
          logger: new TestLogger(),
          preload: false,
        }),
      );
      const text = await one?.createProtector('p').protect('hello');
      expect(await other?.createProtector('p').unprotect(text ?? '')).toBe('hello');
      expect(await ioRedis.llen('shop:keys')).toBe(1);
    });

    it('D-36 deletes what it is told to, and nothing else', async () => {
      const repository = new RedisXmlRepository(client());
      await repository.storeElement(keyElement(1, { created: systemClock() }));
      await repository.storeElement(keyElement(2, { created: systemClock() }));
      await repository.storeElement(revocationOf(1, systemClock()));
      const isOne = (id: string | undefined): boolean => id === keyIdOf(1);
      expect(
        await repository.deleteElements((stored) => stored.filter(({ element }) => isOne(attributeOf(element, 'id')))),
      ).toBe(true);
      expect((await repository.getAllElements()).map(({ name }) => name)).toEqual(['key', 'revocation']);
    });
  });

  it('refuses the whole list for one entry that is not XML', async () => {
    await ioRedis.rpush('DataProtection-Keys', '<key', '<key />');
    await expect(new RedisXmlRepository(ioRedis).getAllElements()).rejects.toThrow('entry 0 of the Redis list');
  });

  it.each(clients)('keeps the key that could not be stored out of the error of %s', async (_, client) => {
    await nodeRedis.set('DataProtection-Keys', 'no list');
    const element = keyElement(1, { created: systemClock() });
    const thrown = await new RedisXmlRepository(client()).storeElement(element).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ message: expect.stringMatching(/^WRONGTYPE/) });
    expect(inspect(thrown, { depth: 9 })).not.toContain('masterKey');
  });

  it('refuses a list that grows without end', async () => {
    const repository = new RedisXmlRepository(ioRedis);
    await ioRedis.rpush('DataProtection-Keys', ...Array.from({ length: 10_000 }, () => '<key />'));
    expect(await repository.getAllElements()).toHaveLength(10_000);
    await ioRedis.rpush('DataProtection-Keys', '<key />');
    await expect(repository.getAllElements()).rejects.toThrow('more than the 10000 elements');
  });

  it('stops deleting at the first failure, and tells it without the key', async () => {
    await ioRedis.rpush('DataProtection-Keys', '<key />', '<revocation />');
    const logger = new TestLogger();
    const failing: IoRedisClient = {
      lrange: (key, start, stop) => ioRedis.lrange(key, start, stop),
      rpush: () => Promise.reject(new Error('not here')),
      lrem: (...args) => Promise.reject(Object.assign(new Error('READONLY'), { command: { name: 'lrem', args } })),
    };
    expect(await new RedisXmlRepository(failing, { logger }).deleteElements((stored) => stored)).toBe(false);
    expect(logger.of('error')).toHaveLength(1);
    expect(inspect(logger.lines, { depth: 9 })).not.toContain('<key />');
    expect(await ioRedis.llen('DataProtection-Keys')).toBe(2);
  });
});
