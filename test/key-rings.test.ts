import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import {
  callManagement,
  fixture,
  fixtureApp,
  runCommand,
  scratchFile,
  useHost,
  type HostOptions,
  type SiteShorthand,
  type TestHost,
} from './harness/index.ts';
import {
  hasPostgreSql,
  hasRedis,
  password,
  startPostgreSql,
  startRedis,
  type StoreServer,
} from './key-rings/servers.ts';

const isRoot = process.getuid?.() === 0;
const program = 'common/protects.mjs';

/** Whether another user can reach a path: every folder above it may be passed by others. */
function isOpenToOthers(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === '/') return true;
  }
}

/** One site and pool for each name, with the same application. */
const sites = (...names: string[]): SiteShorthand[] =>
  names.map((name) => ({ name, applications: { '/': fixtureApp(program, {}, { pool: name }) } }));
const pools = (...names: string[]) => names.map((name) => ({ name }));
const rings = (content: string): string => `<dataProtection>${content}</dataProtection>`;

async function ask(host: TestHost, site: string, path: string): Promise<string> {
  const response = await host.get(path, { site });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${response.text()}`);
  return response.text();
}
const protect = (host: TestHost, site: string, text = 'text'): Promise<string> =>
  ask(host, site, `/protect?text=${encodeURIComponent(text)}`);
const unprotect = (host: TestHost, site: string, payload: string): Promise<string> =>
  ask(host, site, `/unprotect?text=${encodeURIComponent(payload)}`);
const list = async (host: TestHost, site: string, path: string): Promise<string> =>
  (await host.get(`/list?path=${encodeURIComponent(path)}`, { site })).text();
const environmentOf = async (host: TestHost, site: string): Promise<Record<string, string>> =>
  (JSON.parse(await ask(host, site, '/')) as { environment: Record<string, string> }).environment;
const folderOf = async (host: TestHost, pool: string): Promise<string> => (await host.pool(pool)).keyRing?.folder ?? '';
const keyFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.xml'));

function keys(host: TestHost, words: string, separateUsers = false): ReturnType<typeof runCommand> {
  const places = ['--config', host.configuration, '--state', join(host.root, 'state'), '--run', host.runFolder];
  const asRoot = isRoot && !separateUsers ? ['--allow-root'] : [];
  return runCommand(['keys', ...words.split(' '), ...places, ...asRoot]);
}

/** A certificate with its key in one PEM file, which nobody but us can have written. */
function certificate(): string {
  const folder = mkdtempSync(join(tmpdir(), 'poolhouse-certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'keys.pem');
  const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=keys'];
  execFileSync('openssl', [...options, '-keyout', `${file}.key`, '-out', `${file}.crt`], { stdio: 'pipe' });
  writeFileSync(file, readFileSync(`${file}.crt`, 'utf8') + readFileSync(`${file}.key`, 'utf8'), { mode: 0o600 });
  return file;
}

describe('a ring in the profile of a user', () => {
  it('P-98 is there without any code, and survives a recycle and a restart', async () => {
    const options: HostOptions = { pools: pools('shop'), sites: sites('shop') };
    const host = await useHost(options);
    const payload = await protect(host, 'shop');
    const folder = await folderOf(host, 'shop');
    expect(folder).toMatch(/\/profile\/\.aspnet\/DataProtection-Keys$/);
    expect(keyFiles(folder)).toHaveLength(1);
    for (let place = folder; !place.endsWith('/profile'); place = dirname(place)) {
      expect(statSync(place).mode & 0o777).toBe(0o700);
    }
    await host.recycle('shop');
    expect(await unprotect(host, 'shop', payload)).toBe('text');
    await host.stop({ keepFiles: true });
    const again: TestHost = await useHost({ ...options, root: host.root });
    expect(await unprotect(again, 'shop', payload)).toBe('text');
    expect(keyFiles(await folderOf(again, 'shop'))).toHaveLength(1);
  });

  it('is in memory when a file says so, with an event', async () => {
    const host = await useHost({
      pools: [
        { name: 'shop', processModel: { loadUserProfile: false } },
        { name: 'stock', processModel: { loadUserProfile: true, setProfileEnvironment: false } },
      ],
      sites: sites('shop', 'stock'),
      applicationHost: rings('<add pool="SHOP" profileCompat="Strict"/>'),
      expects: ['dataprotection.ephemeral'],
    });
    expect(await unprotect(host, 'shop', await protect(host, 'shop'))).toBe('text');
    expect(await environmentOf(host, 'shop')).toMatchObject({ HOME: '/dev/null' });
    expect((await host.pool('shop')).keyRing).toEqual({ store: 'memory', problem: 'loadUserProfile is false' });
    await host.events.waitFor('dataprotection.ephemeral', { pool: 'shop' });
    // What stock files have by accident loses no keys.
    await protect(host, 'stock');
    expect(keyFiles(await folderOf(host, 'stock'))).toHaveLength(1);
    await host.events.waitFor('dataprotection.profile_assumed', { pool: 'stock' });
  });
});

// Skipped without root, from which another user can be made, and in a checkout that only its owner can reach.
it.skipIf(!isRoot || !isOpenToOthers(fixture(program)))('rings of an ordinary user need nothing of root', async () => {
  const nobody = 65_534;
  const root = mkdtempSync(join(tmpdir(), 'poolhouse-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const store = join(root, 'ring');
  for (const name of ['state', 'run', 'log', 'ring']) {
    mkdirSync(join(root, name), { mode: 0o700 });
    chownSync(join(root, name), nobody, nobody);
  }
  const host = await useHost({
    ...{ root, pools: pools('own', 'farm'), sites: sites('own', 'farm'), expects: ['keyring.warning'] },
    applicationHost: rings(`<add pool="farm" store="Folder" path="${store}"/>`),
    launcher: ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'],
  });
  for (const pool of ['own', 'farm']) {
    expect(await unprotect(host, pool, await protect(host, pool))).toBe('text');
    const folder = await folderOf(host, pool);
    const [file = ''] = keyFiles(folder);
    expect([statSync(folder).uid, statSync(folder).mode & 0o777]).toEqual([nobody, 0o700]);
    expect([statSync(join(folder, file)).uid, statSync(join(folder, file)).mode & 0o777]).toEqual([nobody, 0o600]);
  }
});

// Skipped without root, and in a checkout that only its owner can reach: pools could not run in it.
describe.skipIf(!isRoot || !isOpenToOthers(fixture(program)))('rings of pools with users of their own', () => {
  const accounts = (file: string): string[] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(':', 1)[0] ?? '');
  let before: { readonly users: readonly string[]; readonly groups: readonly string[] };
  beforeAll(() => {
    before = { users: accounts('/etc/passwd'), groups: accounts('/etc/group') };
  });
  // What this test made on the machine goes; what was there before stays.
  afterAll(() => {
    for (const name of accounts('/etc/passwd')) if (!before.users.includes(name)) execFileSync('userdel', [name]);
    for (const name of accounts('/etc/group')) if (!before.groups.includes(name)) spawnSync('groupdel', [name]);
  });

  it('G-32 D-65 are provisioned once each, and no pool reads that of another', async () => {
    const host = await useHost({ separateUsers: true, pools: pools('one', 'two'), sites: sites('one', 'two') });
    const first = await keys(host, 'provision --all --json', true);
    const made = JSON.parse(first.stdout) as { items: { place: string; state: string }[] };
    expect(made.items.map(({ state }) => state)).toEqual(['made', 'made']);
    const second = await keys(host, 'provision --all --json', true);
    expect((JSON.parse(second.stdout) as typeof made).items.map(({ state }) => state)).toEqual([
      'unchanged',
      'unchanged',
    ]);

    const payload = await protect(host, 'one');
    const [one, two] = [await folderOf(host, 'one'), await folderOf(host, 'two')];
    expect([one, two]).toEqual(made.items.map(({ place }) => place));
    expect(statSync(one).mode & 0o777).toBe(0o700);
    expect(statSync(one).uid).not.toBe(statSync(two).uid);
    expect(keyFiles(one)).toHaveLength(1);
    expect(await list(host, 'two', one)).toContain('EACCES');
    await protect(host, 'two');
    expect((await host.get(`/unprotect?text=${payload}`, { site: 'two' })).text()).toContain('KeyNotFound');

    const shown = await keys(host, 'show one', true);
    expect(shown.stdout).toContain(keyFiles(one)[0]?.slice(4, -4));

    // Who looks after a ring is its owner, not root: where a pool's user puts a link, only his own rights count.
    const foreign = mkdtempSync(join(tmpdir(), 'poolhouse-foreign-'));
    onTestFinished(() => rmSync(foreign, { recursive: true, force: true }));
    writeFileSync(join(foreign, 'key-1.xml'), 'of root', { mode: 0o600 });
    rmSync(one, { recursive: true });
    symlinkSync(foreign, one);
    const { mode } = statSync(foreign);
    for (const words of ['provision one', 'show one', 'create one', 'export one out']) {
      const { code, stdout, stderr } = await keys(host, words, true);
      expect([words, code]).not.toEqual([words, 0]);
      expect(stdout + stderr).not.toContain('of root');
    }
    expect([statSync(foreign).mode, readdirSync(foreign)]).toEqual([mode, ['key-1.xml']]);
  });

  it('are read by the group of a pool when Poolhouse keeps them, and the store by none of them', async () => {
    const store = scratchFile('ring');
    mkdirSync(store, { mode: 0o700 });
    const pem = certificate();
    const host = await useHost({
      separateUsers: true,
      pools: [
        ...pools('one', 'two', 'other'),
        { name: 'named', processModel: { identityType: 'SpecificUser', userName: 'nobody' } },
      ],
      sites: sites('one', 'two', 'other', 'named'),
      applicationHost: rings(
        `<keyRingDefaults store="Folder" path="${store}" applicationName="Shop"><certificate path="${pem}"/></keyRingDefaults>` +
          '<add pool="other" store="Profile"/>',
      ),
      expects: ['keyring.failed', 'config.warning'],
    });
    // Its folder belongs to root still: no key is made up for it, and applications are told what is wrong.
    expect((await host.get('/protect?text=x', { site: 'one' })).status).toBe(500);
    expect((await host.pool('one')).reason).toContain(`the user poolhouse-keys has no right to ${store}`);
    const [uid, gid] = ['-u', '-g'].map((option) =>
      Number(execFileSync('id', [option, 'poolhouse-keys'], { encoding: 'utf8' })),
    );
    chownSync(store, uid as number, gid as number);
    expect((await callManagement(host.socketPath, 'POST', '/api/v1/key-rings/refresh')).status).toBe(200);

    expect(await unprotect(host, 'two', await protect(host, 'one'))).toBe('text');
    const copy = await folderOf(host, 'one');
    expect(statSync(copy).mode & 0o777).toBe(0o750);
    const [file = ''] = keyFiles(copy);
    expect(statSync(join(copy, file)).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(store, file), 'utf8')).toContain('EncryptedXmlDecryptor');
    for (const place of [store, copy]) expect(await list(host, 'other', place)).toContain('EACCES');
    expect(await list(host, 'one', store)).toContain('EACCES');
    expect(await list(host, 'one', copy)).toContain(file);

    // An account may share its main group with many: the copy is for a group of the pool's own.
    expect(await unprotect(host, 'named', await protect(host, 'one'))).toBe('text');
    const { gid: main } = JSON.parse(await ask(host, 'named', '/')) as { gid: number };
    expect(statSync(await folderOf(host, 'named')).gid).not.toBe(main);
  });
});

describe('a ring that machines share', () => {
  function sharedHost(attributes: string, more: Partial<HostOptions> = {}, children = ''): Promise<TestHost> {
    return useHost({
      pools: pools('one', 'two'),
      sites: sites('one', 'two'),
      applicationHost: rings(`<keyRingDefaults applicationName="Shop" ${attributes}>${children}</keyRingDefaults>`),
      ...more,
    });
  }
  const folder = (): string => {
    const path = scratchFile('ring');
    mkdirSync(path);
    return path;
  };

  it('is one for two hosts, which read what the other protected', async () => {
    const path = folder();
    const children = `<certificate path="${certificate()}"/>`;
    const first = await sharedHost(`store="Folder" path="${path}"`, {}, children);
    const payload = await protect(first, 'one');
    const second = await sharedHost(`store="Folder" path="${path}" autoGenerate="false"`, {}, children);
    expect(await unprotect(second, 'two', payload)).toBe('text');
    expect(keyFiles(path)).toHaveLength(1);
    expect(readFileSync(join(path, keyFiles(path)[0] ?? ''), 'utf8')).not.toContain('<value>');
  });

  it('follows what poolhouse keys does to it, without a restart', async () => {
    const path = folder();
    const host = await sharedHost(`store="Folder" path="${path}"`, { expects: ['keyring.warning'] });
    const payload = await protect(host, 'one');
    const id = keyFiles(path)[0]?.slice(4, -4) ?? '';
    expect((await keys(host, `create one --activate-in 0`)).code).toBe(0);
    expect((await keys(host, `revoke one ${id} --yes`)).stdout).toContain('1 key revoked');
    expect(keyFiles(await folderOf(host, 'one'))).toContain(`revocation-${id}.xml`);
    await host.recycle('one');
    expect((await host.get(`/unprotect?text=${payload}`, { site: 'one' })).text()).toContain('KeyRevoked');
    expect(await unprotect(host, 'one', await protect(host, 'one'))).toBe('text');
  });

  it('stays in use when its folder is gone, and when it is empty', async () => {
    const path = folder();
    const host = await sharedHost(`store="Folder" path="${path}"`, { expects: ['keyring.warning', 'keyring.failed'] });
    const payload = await protect(host, 'one');
    cpSync(path, `${path}-away`, { recursive: true });
    for (const file of readdirSync(path)) execFileSync('rm', ['-r', join(path, file)]);
    await callManagement(host.socketPath, 'POST', '/api/v1/key-rings/refresh');
    expect((await host.pool('one')).keyRing?.problem).toContain('it is empty and had keys before');
    expect(keyFiles(path)).toEqual([]);
    await host.recycle('one');
    expect(await unprotect(host, 'one', payload)).toBe('text');
    cpSync(`${path}-away`, path, { recursive: true });
    await callManagement(host.socketPath, 'POST', '/api/v1/key-rings/refresh');
    expect((await host.pool('one')).keyRing?.problem).toBeUndefined();
  });

  const stores = [
    ['Redis', hasRedis, startRedis],
    ['PostgreSql', hasPostgreSql, startPostgreSql],
  ] as const;
  for (const [store, present, start] of stores) {
    // Skipped where the server is not installed.
    it.skipIf(!present)(`lives in ${store}, whose password no application and no output ever has`, async () => {
      const server: StoreServer = await start();
      let stopped = false;
      onTestFinished(async () => {
        if (!stopped) await server.stop();
      });
      const host = await sharedHost(`store="${store}" connection="%STORE%"`, {
        environment: { STORE: server.connection },
        expects: ['keyring.warning', 'keyring.failed'],
      });
      const payload = await protect(host, 'one');
      expect(await unprotect(host, 'two', payload)).toBe('text');
      const file = scratchFile('connection');
      writeFileSync(file, `${server.connection}\n`);
      const second = await sharedHost(`store="${store}" connectionFile="${file}"`, { expects: ['keyring.warning'] });
      expect(await unprotect(second, 'one', payload)).toBe('text');

      const environment = await environmentOf(host, 'one');
      await server.stop();
      stopped = true;
      await callManagement(host.socketPath, 'POST', '/api/v1/key-rings/refresh');
      await host.events.waitFor('keyring.failed', {});
      expect(await unprotect(host, 'two', payload)).toBe('text');

      const listed = await keys(second, 'list --json');
      const status = await callManagement(host.socketPath, 'GET', '/api/v1/status');
      const said = JSON.stringify([host.events.events, host.events.otherLines, second.events.events]);
      for (const text of [JSON.stringify(environment), listed.stdout, listed.stderr, status.text, said]) {
        expect(text).not.toContain(password);
      }
      expect(listed.stdout).toContain('127.0.0.1');
    });
  }
});

const sdk = spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout ?? '';
// Skipped where there is no .NET SDK 10 to build the application with.
describe.skipIf(!(Number(sdk.split('.')[0]) >= 10))('ASP.NET Core and Node.js in one pool', () => {
  const published = fixture('aspnetcore/bin/published');
  beforeAll(() => {
    const options = ['-c', 'Release', '-o', published, '--nologo', '-v', 'quiet'];
    execFileSync('dotnet', ['publish', fixture('aspnetcore/fixture.csproj'), ...options], {
      stdio: 'pipe',
      env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
    });
  }, 120_000);

  it.each([
    ['the ring of their user', (): string => '', []],
    [
      'a ring that Poolhouse keeps',
      (): string => {
        const path = scratchFile('ring');
        mkdirSync(path);
        return `store="Folder" path="${path}"`;
      },
      ['keyring.warning'],
    ],
  ] as const)('share %s under one name', async (_, ring, expects) => {
    const folder = scratchFile('published');
    cpSync(published, folder, { recursive: true });
    const file = join(folder, 'web.config');
    writeFileSync(file, readFileSync(file, 'utf8').replace('hostingModel="inprocess"', 'hostingModel="outofprocess"'));
    const host = await useHost({
      pools: [{ name: 'both', environment: { APPLICATION_NAME: 'Shop' } }],
      sites: [{ name: 'both', applications: { '/': fixtureApp(program), '/net': { folder } } }],
      applicationHost: rings(`<add pool="both" applicationName="Shop" ${ring()}/>`),
      expects,
    });
    const ofNode = await protect(host, 'both', 'from Node.js');
    const ofNet = await ask(host, 'both', '/net/protect?text=from%20.NET');
    expect(await ask(host, 'both', `/net/unprotect?text=${ofNode}`)).toBe('from Node.js');
    expect(await unprotect(host, 'both', ofNet)).toBe('from .NET');
    const [key, ...more] = keyFiles(await folderOf(host, 'both'));
    expect([key?.startsWith('key-'), more]).toEqual([true, []]);
  });
});
