import { describe, expect, it } from 'vitest';
import { FileSystemXmlRepository } from '../repositories/file-system/file-system-xml-repository.ts';
import { InMemoryXmlRepository } from '../repositories/in-memory-xml-repository.ts';
import { ReadOnlyXmlRepository } from '../repositories/read-only-xml-repository.ts';
import { TestLogger, TestRepository } from '../testing/elements.ts';
import { keyStoreOf, type KeyStoreChoice } from './key-store.ts';
import type { Surroundings } from './surroundings.ts';

function surroundings(given: Partial<Surroundings> = {}): Surroundings & { readonly made: string[] } {
  const made: string[] = [];
  return {
    environment: { HOME: '/home/u' },
    home: '/home/u',
    policyPath: '/nowhere',
    exists: () => false,
    mounts: () => '',
    makeDirectory: (path) => void made.push(path),
    made,
    ...given,
  };
}

function stored(choice: Partial<KeyStoreChoice>, given: Partial<Surroundings> = {}) {
  const [logger, around] = [new TestLogger(), surroundings(given)];
  const { repository, readOnly } = keyStoreOf({ encrypts: false, ...choice }, around, logger);
  const directory = repository instanceof FileSystemXmlRepository ? repository.directory : undefined;
  return { repository, readOnly, directory, warnings: logger.of('warn'), made: around.made };
}

const container = { exists: (path: string) => path === '/.dockerenv' };
const kept = { environment: { HOME: '/home/u', ASPNETCORE_ReadOnlyDataProtectionKeyDirectory: '/run/keys' } };

describe('keyStoreOf', () => {
  it('takes the repository, or the directory, that the application names', () => {
    const repository = new TestRepository();
    expect(stored({ repository }, kept).repository).toBe(repository);
    expect(stored({ keyDirectory: '/srv/keys' }, kept)).toMatchObject({ directory: '/srv/keys', readOnly: false });
    expect(stored({ keyDirectory: 'keys' }).directory).toBe(`${process.cwd()}/keys`);
  });

  it('D-63 makes the directory of the user', () => {
    expect(stored({})).toMatchObject({
      directory: '/home/u/.aspnet/DataProtection-Keys',
      made: ['/home/u/.aspnet/DataProtection-Keys'],
      readOnly: false,
      warnings: [],
    });
  });

  it('D-63 only reads where the environment says so, and stores nothing', async () => {
    const { repository, readOnly, made } = stored({}, kept);
    expect([repository instanceof ReadOnlyXmlRepository, readOnly, made]).toEqual([true, true, []]);
    await expect((repository as ReadOnlyXmlRepository).storeElement()).rejects.toThrow(
      'Keys are only read from /run/keys, as ReadOnlyDataProtectionKeyDirectory of the environment says.',
    );
    expect(await repository.getAllElements()).toEqual([]);
  });

  it('does as if the environment said nothing for an application that encrypts keys', () => {
    expect(stored({ encrypts: true }, kept).directory).toBe('/home/u/.aspnet/DataProtection-Keys');
  });

  it.each<[string, Partial<Surroundings>, number]>([
    ['there is no place', { environment: {}, home: '' }, 1],
    [
      'the directory cannot be made',
      {
        makeDirectory: () => {
          throw new Error('EROFS');
        },
      },
      2,
    ],
  ])('keeps keys in memory, with a warning, when %s', (_, given, warnings) => {
    const found = stored({}, given);
    expect(found.repository).toBeInstanceOf(InMemoryXmlRepository);
    expect(found.warnings).toHaveLength(warnings);
    expect(found.warnings.at(-1)).toMatch(/^Keys are kept in memory only/);
  });

  it.each<[string, Partial<KeyStoreChoice>, string, number]>([
    ['of the container', {}, '', 1],
    ['of the container that the application names', { keyDirectory: '/srv/keys' }, '', 1],
    ['on a volume', { keyDirectory: '/srv/keys' }, '/dev/sda1 /srv ext4 rw 0 0\n', 0],
  ])('in a container warns of a directory %s', (_, choice, mounts, count) => {
    expect(stored(choice, { ...container, mounts: () => mounts }).warnings).toHaveLength(count);
  });
});
