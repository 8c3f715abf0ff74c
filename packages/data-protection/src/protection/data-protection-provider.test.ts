import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateFolder } from '../at-rest/certificates/certificate-folder.ts';
import { thumbprintOf } from '../at-rest/certificates/certificate.ts';
import type { Surroundings } from '../location/surroundings.ts';
import { FileSystemXmlRepository } from '../repositories/file-system/file-system-xml-repository.ts';
import { InMemoryXmlRepository } from '../repositories/in-memory-xml-repository.ts';
import { selfSigned } from '../testing/certificates.ts';
import { at, keyElement, TestClock, TestLogger, TestRepository } from '../testing/elements.ts';
import { ticksPerDay } from '../time/instant.ts';
import { writeXml } from '../xml/write-xml.ts';
import type { DataProtectionOptions } from './data-protection-options.ts';
import { DataProtectionProvider } from './data-protection-provider.ts';

const now = at('2026-03-01T00:00:00Z');

describe('DataProtectionProvider', () => {
  let folder: string;
  let logger: TestLogger;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provider-'));
    logger = new TestLogger();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function surroundings(environment: Record<string, string> = {}): Surroundings {
    return {
      environment: { HOME: folder, ...environment },
      home: folder,
      policyPath: join(folder, 'policy.json'),
      exists: () => false,
      mounts: () => '',
      makeDirectory: () => undefined,
    };
  }

  function create(
    options: DataProtectionOptions = {},
    environment: Record<string, string> = {},
  ): DataProtectionProvider {
    return DataProtectionProvider.create({ logger, ...options }, surroundings(environment));
  }

  it('works without options: keys in the directory of the user, no name', async () => {
    using provider = create();
    const text = await provider.createProtector('p').protect('hello');
    expect(await provider.createProtector('p').unprotect(text)).toBe('hello');
    expect(readdirSync(join(folder, '.aspnet/DataProtection-Keys'))).toHaveLength(1);
    expect(provider.discriminator).toBe('');
  });

  it.each<[string, DataProtectionOptions, Record<string, string>, string]>([
    ['the content root of a hosted application', {}, { ASPNETCORE_IIS_PHYSICAL_PATH: '/srv/shop' }, '/srv/shop/'],
    [
      'the name that the host gives a pool',
      {},
      { POOLHOUSE_DATA_PROTECTION_APPLICATION_NAME: 'Shop', ASPNETCORE_IIS_PHYSICAL_PATH: '/srv/shop' },
      'Shop',
    ],
    ['the name that is given', { applicationName: 'shop ' }, { ASPNETCORE_IIS_PHYSICAL_PATH: '/srv/shop' }, 'shop '],
    ['none when that is wanted', { applicationName: '' }, { ASPNETCORE_IIS_PHYSICAL_PATH: '/srv/shop' }, ''],
  ])('takes as its first purpose %s', async (_, options, environment, discriminator) => {
    const repository = new InMemoryXmlRepository();
    using provider = create({ repository, ...options }, environment);
    expect(provider.discriminator).toBe(discriminator);
    using other = create({ repository, applicationName: '' });
    const payload = await provider.createProtector('p').protect('hello');
    const purposes = discriminator === '' ? ['p'] : [discriminator, 'p'];
    expect(await other.createProtector(purposes).unprotect(payload)).toBe('hello');
  });

  it('loads at once, so that synchronous calls work soon, and on request tells when', async () => {
    using provider = create();
    await provider.load();
    const protector = provider.createProtector('p');
    expect(protector.unprotectSync(protector.protectSync('hello'))).toBe('hello');
  });

  it('logs a first load that fails, and tries again when somebody needs the ring', async () => {
    const repository = new TestRepository();
    repository.failure = new Error('the disk is gone');
    using provider = create({ repository });
    await expect.poll(() => logger.of('error').length).toBe(1);
    await expect(provider.createProtector('p').protect('hello')).rejects.toMatchObject({ code: 'EncryptionFailed' });
    repository.failure = undefined;
    await expect(provider.createProtector('p').protect('hello')).resolves.toMatch(/^CfDJ8/);
  });

  it('loads nothing before it is asked to when that is wanted', async () => {
    const repository = new TestRepository();
    using provider = create({ repository, preload: false });
    expect(repository.reads).toBe(0);
    await provider.load();
    expect(repository.stored).toHaveLength(1);
  });

  it('D-63 never writes to a directory that is only to be read', async () => {
    const environment = { ASPNETCORE_ReadOnlyDataProtectionKeyDirectory: join(folder, 'kept') };
    using provider = create({ preload: false }, environment);
    await expect(provider.load()).rejects.toThrow('auto-generation of keys is disabled');
    await expect(provider.keyManager.createNewKey(now, now + 1n)).rejects.toThrow('Keys are only read from');
    await expect(provider.keyManager.revokeAllKeys(now)).rejects.toThrow('Keys are only read from');
    expect(await provider.keyManager.deleteKeys(() => true)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    await new FileSystemXmlRepository(join(folder, 'kept')).storeElement(
      keyElement(1, { created: at('2026-01-01T00:00:00Z'), expires: at('9000-01-01T00:00:00Z') }),
      'key-1',
    );
    await provider.load();
    expect(readdirSync(join(folder, 'kept'))).toEqual(['key-1.xml']);
  });

  it('sees a key that somebody else puts into the directory', async () => {
    const directory = join(folder, 'ring');
    const clock = new TestClock(now);
    using provider = create({ keyDirectory: directory, clock: clock.read });
    await provider.load();
    // So that it is no forced refresh that finds it.
    clock.now += ticksPerDay / 2n;
    using other = create({ keyDirectory: directory, clock: clock.read });
    const { keyId } = await other.keyManager.createNewKey(clock.now, clock.now + 90n * ticksPerDay);
    await expect.poll(() => provider.keyRings.loaded?.find(keyId) !== undefined).toBe(true);
  });

  describe('options', () => {
    it.each<[string, object, string]>([
      ['a name that there is not', { keyDir: '/keys' }, 'there is no option "keyDir"'],
      ['a wrong type', { autoGenerateKeys: 'no' }, 'autoGenerateKeys must be of type boolean'],
      ['null', { encryptor: null }, 'encryptor must be of type object'],
      ['two places', { keyDirectory: '/a', repository: new TestRepository() }, 'exclude each other'],
      ['D-30 a life of 6 days', { newKeyLifetimeDays: 6 }, 'newKeyLifetimeDays must be at least 7'],
      ['D-30 a life that is no number', { newKeyLifetimeDays: Number.NaN }, 'newKeyLifetimeDays must be at least 7'],
      ['a mode that is none', { fileMode: 600 }, 'fileMode must be permissions'],
    ])('refuses %s', (_, options, message) => {
      expect(() => create(options)).toThrow(TypeError);
      expect(() => create(options)).toThrow(message);
    });

    it('tells all that is wrong at once', () => {
      const options = { a: 1, keyDirectory: '', newKeyLifetimeDays: 1 } as DataProtectionOptions;
      expect(() => create(options)).toThrow(/"a".*keyDirectory is empty.*newKeyLifetimeDays/);
    });

    it('D-30 takes a life of 7 days', async () => {
      using provider = create({ newKeyLifetimeDays: 7, clock: () => now });
      await provider.load();
      expect(await provider.keyManager.getAllKeys()).toMatchObject([{ expirationDate: now + 7n * ticksPerDay }]);
    });

    it('shows no key to whoever prints it', async () => {
      using provider = create({ repository: new InMemoryXmlRepository(), random: (bytes) => Buffer.alloc(bytes, 7) });
      await provider.load();
      const printed = `${inspect(provider, { depth: 20, showHidden: true })}${inspect(provider.keyManager, { depth: 20 })}`;
      expect(printed).not.toContain(Buffer.alloc(64, 7).toString('base64').slice(0, 16));
      expect(printed).not.toContain('07 07 07 07');
    });
  });

  describe('certificates', () => {
    it('encrypts new keys for one, and reads those of older ones', async () => {
      const [old, current] = [selfSigned(), selfSigned()];
      const repository = new InMemoryXmlRepository();
      using before = create({ repository, certificate: old });
      const payload = await before.createProtector('p').protect('hello');
      const [element] = await repository.getAllElements();
      expect(writeXml(element!, 'line')).toContain('EncryptedData');
      using after = create({ repository, certificate: current, decryptionCertificates: [old] });
      expect(await after.createProtector('p').unprotect(payload)).toBe('hello');
      writeFileSync(
        join(folder, 'old.pem'),
        `${old.x509.toString()}${old.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}`,
      );
      using fromFolder = create({ repository, decryptionCertificates: [new CertificateFolder(folder, { logger })] });
      expect(await fromFolder.createProtector('p').unprotect(payload)).toBe('hello');
    });
  });

  describe.skipIf(process.getuid?.() !== 0)('with the policy of the machine (needs root)', () => {
    it('D-64 follows it where the application says nothing', async () => {
      const certificate = selfSigned();
      const [pem, sink] = ['certificate.pem', 'sink.cjs'].map((name) => join(folder, name));
      writeFileSync(
        pem!,
        `${certificate.x509.toString()}${certificate.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}`,
      );
      const kept = join(folder, 'kept');
      writeFileSync(
        sink!,
        `exports.store = (keyId, { name }) => require('node:fs').writeFileSync(${JSON.stringify(kept)}, keyId + name)`,
      );
      policy({
        EncryptionType: 'CNG-GCM',
        DefaultKeyLifetime: 8,
        KeyEscrowSinks: sink,
        CertificateThumbprint: thumbprintOf(certificate.x509),
        CertificatePaths: [pem],
      });
      const repository = new InMemoryXmlRepository();
      using provider = create({ repository, clock: () => now });
      const payload = await provider.createProtector('p').protect('hello');
      const [key] = await provider.keyManager.getAllKeys();
      expect(key?.expirationDate).toBe(now + 8n * ticksPerDay);
      const text = writeXml((await repository.getAllElements())[0]!, 'line');
      expect([text.includes('AES_256_GCM'), text.includes('EncryptedData')]).toEqual([true, true]);
      expect(readFileSync(kept, 'utf8')).toBe(`${key?.keyId}key`);
      using reader = create({ repository, clock: () => now });
      expect(await reader.createProtector('p').unprotect(payload)).toBe('hello');
    });

    it('D-64 lets the application decide otherwise', async () => {
      policy({ EncryptionType: 'CNG-GCM', DefaultKeyLifetime: 8, KeyEscrowSinks: '/nowhere.js' });
      const repository = new InMemoryXmlRepository();
      const algorithms = { encryption: 'AES_128_CBC' } as const;
      using provider = create({ repository, algorithms, newKeyLifetimeDays: 20, escrowSinks: [], clock: () => now });
      await provider.load();
      expect(await provider.keyManager.getAllKeys()).toMatchObject([{ expirationDate: now + 20n * ticksPerDay }]);
      expect(writeXml((await repository.getAllElements())[0]!, 'line')).toContain('AES_128_CBC');
    });

    it.each(['/nowhere.js', 'no-such-package', '/dev/null'])(
      'D-60 makes no key when the sink %s fails',
      async (sink) => {
        policy({ KeyEscrowSinks: sink });
        const repository = new InMemoryXmlRepository();
        using provider = create({ repository });
        await expect(provider.load()).rejects.toThrow();
        expect(await repository.getAllElements()).toEqual([]);
      },
    );

    it('D-64 does not start with a policy that is wrong', () => {
      policy({ EncryptionType: 'ROT13', Lifetime: 3 });
      expect(() => create()).toThrow(/EncryptionType is "ROT13"/);
    });

    function policy(values: object): void {
      writeFileSync(join(folder, 'policy.json'), JSON.stringify(values));
      chmodSync(join(folder, 'policy.json'), 0o644);
    }
  });

  describe('several processes', () => {
    const program = `
      const { DataProtectionProvider } = require(${JSON.stringify(join(__dirname, '../../dist/index.js'))});
      process.once('message', async (directory) => {
        const quiet = { error() {}, warn() {}, info() {}, debug() {} };
        const provider = DataProtectionProvider.create({ keyDirectory: directory, logger: quiet, applicationName: 'a' });
        const payload = await provider.createProtector('p').protect('hello');
        process.send({ payload });
        process.once('message', async (payloads) => {
          provider.keyManager.expire();
          for (const one of payloads) await provider.createProtector('p').unprotect(one);
          const { ring } = { ring: await provider.keyRings.refreshedFor('00000000-0000-0000-0000-000000000000') };
          process.send({ defaultKeyId: ring.defaultKeyId });
          process.disconnect();
        });
      });
      process.send({ ready: true });`;

    it.each([
      ['with their lock', (_directory: string) => undefined, 1],
      ['although somebody keeps the lock', holdLock, 8],
    ])(
      'D-35 that start on an empty ring at once end with one default key, %s',
      async (_, prepare, mostKeys) => {
        const directory = join(folder, 'ring');
        const holder = prepare(directory);
        const processes = Array.from({ length: 8 }, () =>
          spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
        );
        await Promise.all(processes.map((child) => answer(child)));
        const payloads = await Promise.all(processes.map((child) => answer<{ payload: string }>(child, directory)));
        const texts = payloads.map(({ payload }) => payload);
        const ends = await Promise.all(processes.map((child) => answer<{ defaultKeyId: string }>(child, texts)));
        expect(new Set(ends.map(({ defaultKeyId }) => defaultKeyId)).size).toBe(1);
        const files = readdirSync(directory).filter((name) => name !== '.poolhouse-dp.lock');
        expect(files.length).toBeLessThanOrEqual(mostKeys);
        expect(files.every((name) => /^key-[0-9a-f-]{36}\.xml$/.test(name))).toBe(true);
        for (const child of processes) if (child.exitCode === null) await once(child, 'exit');
        holder?.();
      },
      60_000,
    );

    it('that are killed while they make keys leave a ring that loads, with all keys that were made', async () => {
      const directory = join(folder, 'ring');
      const makesKeys = `
        const { DataProtectionProvider, silentLogger } = require(${JSON.stringify(join(__dirname, '../../dist/index.js'))});
        const { keyManager } = DataProtectionProvider.create({
          keyDirectory: ${JSON.stringify(directory)}, logger: silentLogger, preload: false });
        (async () => {
          for (;;) process.send((await keyManager.createNewKey(${now}n, ${now + 90n * ticksPerDay}n)).keyId);
        })();`;
      const made: string[] = [];
      const processes = Array.from({ length: 4 }, () =>
        spawn(process.execPath, ['-e', makesKeys], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
      );
      for (const child of processes) child.on('message', (keyId: string) => made.push(keyId));
      await expect.poll(() => made.length).toBeGreaterThan(100);
      const ended = processes.map((child) => once(child, 'exit'));
      for (const child of processes) child.kill('SIGKILL');
      await Promise.all(ended);
      using provider = create({ keyDirectory: directory, clock: () => now });
      await provider.load();
      const found = new Set((await provider.keyManager.getAllKeys()).map(({ keyId }) => keyId));
      expect(made.filter((keyId) => !found.has(keyId))).toEqual([]);
    });
  });
});

async function answer<T>(child: ChildProcess, message?: string | string[]): Promise<T> {
  const answered = once(child, 'message') as Promise<[T]>;
  if (message !== undefined) child.send(message);
  return (await answered)[0];
}

function holdLock(directory: string): () => void {
  const repository = new FileSystemXmlRepository(directory);
  let release = (): void => undefined;
  void repository.withLock(() => new Promise<void>((resolve) => (release = resolve)));
  return () => release();
}
