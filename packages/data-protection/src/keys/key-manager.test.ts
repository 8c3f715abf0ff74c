import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { XmlEncryptor } from '../at-rest/encryption-at-rest.ts';
import { NullXmlEncryptor } from '../at-rest/null-encryption.ts';
import { FileSystemXmlRepository } from '../repositories/file-system/file-system-xml-repository.ts';
import { InMemoryXmlRepository } from '../repositories/in-memory-xml-repository.ts';
import { at, keyElement, keyIdOf, revocationOf, TestLogger, TestRepository } from '../testing/elements.ts';
import { openingWith } from '../testing/keys.ts';
import { dataProtectionNamespace } from '../xml/dotnet-names.ts';
import type { XmlElement } from '../xml/element.ts';
import { latestInstant } from '../time/instant.ts';
import { writeXml } from '../xml/write-xml.ts';
import { KeyManager, type KeyManagerOptions } from './key-manager.ts';

const now = at('2026-03-01T12:00:00Z');
const active = at('2026-03-03T12:00:00Z');
const expires = at('2026-06-01T12:00:00.1234567Z');
const secret = Buffer.alloc(64, 9).toString('base64');

function managerOf(options: Partial<KeyManagerOptions> = {}): KeyManager {
  return new KeyManager({
    repository: new TestRepository(),
    decryptors: openingWith().decryptors,
    algorithms: { encryption: 'AES_256_CBC' },
    escrowSinks: [],
    clock: () => now,
    random: (bytes) => Buffer.alloc(bytes, 9),
    logger: new TestLogger(),
    ...options,
  });
}

describe('KeyManager', () => {
  it('D-15 creates a key with a fresh secret of 64 bytes and stores it under its name', async () => {
    const repository = new TestRepository();
    const key = await managerOf({ repository }).createNewKey(active, expires);
    expect(key).toMatchObject({ creationDate: now, activationDate: active, expirationDate: expires, isRevoked: false });
    expect(repository.stored.map(({ name }) => name)).toEqual([`key-${key.keyId}`]);
    expect(key.keyId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const text = writeXml(repository.stored[0]!.element, 'line');
    expect(text).toContain(`<value>${secret}</value>`);
    expect(text).toContain('<expirationDate>2026-06-01T12:00:00.1234567Z</expirationDate>');
    await expect(key.createEncryptor()).resolves.toBeDefined();
  });

  it('warns when a key is stored in clear, and not when it is encrypted', async () => {
    const [clear, encrypted] = [new TestLogger(), new TestLogger()];
    await managerOf({ logger: clear }).createNewKey(active, expires);
    await managerOf({ logger: encrypted, encryptor: new NullXmlEncryptor() }).createNewKey(active, expires);
    expect([clear.of('warn').length, encrypted.of('warn').length]).toEqual([1, 0]);
    expect(JSON.stringify([clear.lines, encrypted.lines])).not.toContain(secret);
  });

  it('D-60 gives sinks the clear element, then encrypts, then stores', async () => {
    const order: string[] = [];
    const repository = new TestRepository();
    const encryptor: XmlEncryptor = {
      encrypt: (element) => {
        order.push(`encrypt ${element.name}`);
        return new NullXmlEncryptor().encrypt(element);
      },
    };
    const sink = {
      store: (keyId: string, element: XmlElement) => {
        expect(repository.stored).toEqual([]);
        order.push(writeXml(element, 'line').includes(secret) ? `sink ${keyId}` : 'sink without secret');
      },
    };
    const key = await managerOf({ repository, encryptor, escrowSinks: [sink, sink] }).createNewKey(active, expires);
    expect(order).toEqual([`sink ${key.keyId}`, `sink ${key.keyId}`, 'encrypt masterKey']);
    expect(writeXml(repository.stored[0]!.element, 'line')).toContain(`xmlns="${dataProtectionNamespace}"`);
  });

  it.each<[string, Partial<KeyManagerOptions>]>([
    ['a sink', { escrowSinks: [{ store: () => Promise.reject(new Error('no')) }] }],
    ['the encryptor', { encryptor: { encrypt: () => Promise.reject(new Error('no')) } }],
    ['the repository', { repository: refusing() }],
  ])('D-60 stores nothing and tells nobody when %s fails', async (_, options) => {
    const repository = new TestRepository();
    const manager = managerOf({ repository, ...options });
    const told = vi.fn<() => void>();
    manager.onExpired(told);
    await expect(manager.createNewKey(active, expires)).rejects.toThrow('no');
    expect([repository.stored.length, told.mock.calls.length, manager.version]).toEqual([0, 0, 0]);
  });

  it('refuses a key that would expire before it is active, and a generator that gives too little', async () => {
    await expect(managerOf().createNewKey(expires, active)).rejects.toThrow(RangeError);
    const short = managerOf({ random: () => new Uint8Array(10) });
    await expect(short.createNewKey(active, expires)).rejects.toThrow(RangeError);
  });

  it('revokes a key once, however often it is told', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'revoke-'));
    const manager = managerOf({ repository: new FileSystemXmlRepository(directory) });
    const { keyId } = await manager.createNewKey(active, expires);
    await manager.revokeKey(keyId, 'lost');
    await manager.revokeKey(keyId, 'and lost again');
    expect((await manager.getAllKeys()).map(({ isRevoked }) => isRevoked)).toEqual([true]);
    rmSync(directory, { recursive: true });
  });

  it('revokes one key and all keys, with reasons', async () => {
    const repository = new TestRepository(keyElement(1, { created: now - 1n }), keyElement(2, { created: now }));
    const manager = managerOf({ repository });
    await manager.revokeKey(keyIdOf(2), 'lost <laptop>');
    await manager.revokeAllKeys(now);
    expect(repository.stored.map(({ name }) => name)).toEqual([
      `revocation-${keyIdOf(2)}`,
      'revocation-20260301T120000Z',
    ]);
    expect((await manager.getAllKeys()).map(({ isRevoked }) => isRevoked)).toEqual([true, true]);
    expect(writeXml(repository.stored[0]!.element, 'line')).toContain('<reason>lost &lt;laptop&gt;</reason>');
  });

  it.each(['', 'nobody', '*', `${keyIdOf(1)}/../x`])('refuses to revoke %j, which is no id', async (keyId) => {
    const repository = new TestRepository();
    await expect(managerOf({ repository }).revokeKey(keyId)).rejects.toThrow(TypeError);
    expect(repository.stored).toEqual([]);
  });

  it.each([-1n, latestInstant + 1n])('stores nothing that is dated %d, which no reader would take', async (instant) => {
    const repository = new TestRepository();
    const manager = managerOf({ repository });
    await expect(manager.revokeAllKeys(instant)).rejects.toThrow(RangeError);
    await expect(manager.createNewKey(active, latestInstant + 1n)).rejects.toThrow(RangeError);
    expect(repository.stored).toEqual([]);
  });

  it.each<KeyManagerOptions['algorithms']>([
    { encryption: 'AES-256-CBC' as 'AES_256_CBC' },
    { encryption: 'AES_256_CBC', validation: 'HMACSHA1' as 'HMACSHA256' },
    { encryption: 'TripleDES' as 'Aes', keyLength: 192, validation: 'HMACSHA256' },
    { encryption: 'Aes', keyLength: 512 as 256, validation: 'HMACSHA256' },
  ])('is not made for algorithms that no key of it could be used with: %j', (algorithms) => {
    expect(() => managerOf({ algorithms })).toThrow(expect.objectContaining({ code: 'UnsupportedAlgorithm' }));
  });

  it('does not take a listener that fails for a change that failed', async () => {
    const logger = new TestLogger();
    const manager = managerOf({ logger });
    const told = vi.fn<() => void>();
    manager.onExpired(() => {
      throw new Error('mine');
    });
    manager.onExpired(told);
    await expect(manager.createNewKey(active, expires)).resolves.toBeDefined();
    expect(told).toHaveBeenCalledTimes(1);
    expect(logger.of('error')).toHaveLength(1);
  });

  it('tells listeners of each change until they have had enough', async () => {
    const manager = managerOf();
    const told = vi.fn<() => void>();
    const listener = manager.onExpired(told);
    await manager.createNewKey(active, expires);
    await manager.revokeAllKeys(now);
    listener[Symbol.dispose]();
    await manager.revokeAllKeys(now + 1n);
    expect([told.mock.calls.length, manager.version]).toEqual([2, 3]);
  });

  describe('deleteKeys', () => {
    const past = { created: at('2025-01-01T00:00:00Z') };

    async function ringOf(): Promise<InMemoryXmlRepository> {
      const repository = new InMemoryXmlRepository();
      await repository.storeElement(keyElement(1, past));
      await repository.storeElement(keyElement(2, { created: now }));
      await repository.storeElement(revocationOf(1, now));
      return repository;
    }

    it('D-36 deletes expired keys only, with their revocations', async () => {
      const manager = managerOf({ repository: await ringOf() });
      expect(await manager.deleteKeys(() => true)).toBe(true);
      expect((await manager.getAllKeys()).map(({ keyId }) => keyId)).toEqual([keyIdOf(2)]);
      expect(manager.version).toBe(1);
    });

    it('deletes unexpired keys when that is asked for', async () => {
      const repository = await ringOf();
      expect(await managerOf({ repository }).deleteKeys(() => true, true)).toBe(true);
      expect(await repository.getAllElements()).toEqual([]);
    });

    it('says so when the repository cannot delete', async () => {
      expect(await managerOf({ repository: new TestRepository() }).deleteKeys(() => true)).toBe(false);
    });
  });
});

function refusing(): TestRepository {
  return Object.assign(new TestRepository(), { storeElement: () => Promise.reject(new Error('no')) });
}
