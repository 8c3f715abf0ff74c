import { describe, expect, it } from 'vitest';
import type { KeyRingSettings } from '../revision.ts';
import { configFile, load, loadGood, server } from '../testing/load.ts';

const section = (content: string): string =>
  server({ pools: '<add name="shop"/>', host: `<dataProtection>${content}</dataProtection>` });

const ringOf = async (content: string, pool = 'shop'): Promise<KeyRingSettings | undefined> =>
  (await loadGood({ [configFile]: section(content) })).pools.find(({ name }) => name === pool)?.keyRing;

const errorsOf = async (content: string): Promise<readonly string[]> => {
  const loaded = await load({ [configFile]: section(content) });
  return 'errors' in loaded ? loaded.errors.map(({ line, column, message }) => `${line}:${column} ${message}`) : [];
};

const lifetime = { autoGenerate: true, olderCertificates: [], name: '' };
const plain = { applicationName: '', profileCompat: 'Helpful' };

describe('key rings of pools', () => {
  it('are in the profile of the user where no file says anything', async () => {
    expect(await ringOf('')).toEqual({ store: 'Profile', ...plain });
  });

  it('are set once for all pools, and otherwise for one', async () => {
    const content =
      '<keyRingDefaults store="Folder" path="/mnt/keys"><certificate path="/etc/keys.pfx" passphraseFile="/etc/pass"/>' +
      '<olderCertificates><add path="/etc/old.pem" keyPath="/etc/old.key"/></olderCertificates></keyRingDefaults>' +
      '<add pool="SHOP" store="Profile" applicationName="Shop"/>';
    expect(await ringOf(content, 'p')).toEqual({
      ...{ store: 'Folder', ...plain },
      shared: {
        ...{ ...lifetime, path: '/mnt/keys', connection: '', connectionFile: '' },
        certificate: { path: '/etc/keys.pfx', passphraseFile: '/etc/pass' },
        olderCertificates: [{ path: '/etc/old.pem', keyPath: '/etc/old.key' }],
      },
    });
    expect(await ringOf(content)).toEqual({ store: 'Profile', ...plain, applicationName: 'Shop' });
  });

  it('take a connection from the environment', async () => {
    const ring = await ringOf('<add pool="shop" store="Redis" connection="redis://:secret@host%DATA%" name="Keys"/>');
    expect(ring).toMatchObject({ shared: { connection: 'redis://:secret@host/data', name: 'Keys' } });
  });

  it.each([
    ['store="Folder"', '3:24 store="Folder" needs path, an absolute path of a folder that all machines share.'],
    [
      'store="Folder" path="keys"',
      '3:39 store="Folder" needs path, an absolute path of a folder that all machines share.',
    ],
    [
      'store="Redis"',
      '3:24 store="Redis" needs connection, such as "redis://host/", or connectionFile, a file that holds it; one of the two.',
    ],
    [
      'store="PostgreSql" connection="postgresql://h/d" connectionFile="/f"',
      '3:24 store="PostgreSql" needs connection, such as "postgresql://host/", or connectionFile, a file that holds it; one of the two.',
    ],
    ['store="PostgreSql" connectionFile="/f" name="a.b.c"', '3:63 name="a.b.c" is neither a table nor schema.table.'],
    ['store="PostgreSql" connectionFile="f"', '3:43 connectionFile="f" must be an absolute path.'],
    [
      'store="Redis" connection="%REDIS_URL%"',
      '3:38 connection is not a URL that begins with redis://, or a %NAME% in it is not in the environment.',
    ],
    [
      'store="Redis" connection="http://user:swordfish@host"',
      '3:38 connection is not a URL that begins with redis://, or a %NAME% in it is not in the environment.',
    ],
    [
      'path="/keys"',
      '3:24 store="Profile" takes no path, because the applications of the pool make their keys themselves: set store to Folder, Redis or PostgreSql, or remove it.',
    ],
    [
      'store="Memory" autoGenerate="false"',
      '3:39 store="Memory" takes no autoGenerate, because it keeps nothing: set store to Folder, Redis or PostgreSql, or remove it.',
    ],
  ])('<add pool="p" %s/> stops a load', async (attributes, message) => {
    const [first, ...others] = await errorsOf(`<add pool="p" ${attributes}/>`);
    expect(others).toEqual([]);
    expect(first?.slice(first.indexOf(' '))).toBe(message.slice(message.indexOf(' ')));
    expect(first).not.toContain('swordfish');
    expect(first).toMatch(/^3:\d+ /);
  });

  it.each([
    [
      '<certificate path="keys.pem"/>',
      'path="keys.pem" of a certificate must be an absolute path of a PEM or PFX file.',
    ],
    ['<certificate keyPath="/keys.pem"/>', 'path="" of a certificate must be an absolute path of a PEM or PFX file.'],
    [
      '<certificate path="/keys.pem" passphraseFile="swordfish"/>',
      'passphraseFile must be an absolute path of a file that holds the passphrase.',
    ],
  ])('%s stops a load', async (certificate, message) => {
    const [error] = await errorsOf(`<add pool="p" store="Folder" path="/keys">${certificate}</add>`);
    expect(error).toMatch(/^3:/);
    expect(error).toContain(message);
  });

  it('refuses keys that would be used before every machine has them', async () => {
    const [error] = await errorsOf('<add pool="p" store="Folder" path="/keys" keyLifetime="6.23:59:59"/>');
    expect(error).toContain('keyLifetime');
  });

  it('warns of a ring for a pool that there is not', async () => {
    const { diagnostics } = await loadGood({ [configFile]: section('<add pool="nobody"/>') });
    expect(diagnostics.map(({ message }) => message)).toContain(
      'There is no pool "nobody", so this key ring is nobody\'s: correct the name or remove the entry.',
    );
  });

  it.each([
    ['', true],
    ['loadUserProfile="false"', false],
    ['loadUserProfile="true"', true],
  ])('P-98 a profile is loaded unless a file forbids it: %s', async (attribute, loads) => {
    const text = server({ pools: `<add name="q"><processModel ${attribute}/></add>` });
    const { pools } = await loadGood({ [configFile]: text });
    expect(pools.find(({ name }) => name === 'q')?.processModel.loadUserProfile).toBe(loads);
  });
});
