import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateBytes } from '../../supervisor/key-rings/testing/certificates.ts';
import { commandErrors } from '../command-error.ts';
import { runCommand, testSystem, type CommandResult } from '../testing/test-system.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-keys-'));
  mkdirSync(join(folder, 'ring'));
  configure('<add pool="farm" store="Folder" path="%RING%"/><add pool="none" store="Memory"/>');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function configure(rings: string): void {
  const pools = ['shop', 'farm', 'none'].map((name) => `<add name="${name}"/>`).join('');
  writeFileSync(
    join(folder, 'a.config'),
    `<configuration><system.applicationHost><applicationPools>${pools}</applicationPools><sites/>` +
      `<dataProtection>${rings}</dataProtection></system.applicationHost></configuration>`,
  );
}

/** Runs a command with something on its standard input. */
async function keys(words: string, input = ''): Promise<CommandResult> {
  const stdin = new PassThrough();
  stdin.end(input);
  const environment = { LANG: 'C.UTF-8', RING: join(folder, 'ring') };
  const places = ['--config', 'a.config', '--state', 'state', '--run', join(folder, 'run'), '--allow-root'];
  return runCommand(
    testSystem(folder, { environment, stdin: stdin as unknown as NodeJS.ReadStream }),
    ...['keys', ...words.split(' '), ...places],
  );
}
async function json(words: string, input?: string): Promise<Record<string, unknown>> {
  const { stdout, stderr, code } = await keys(`${words} --json`, input);
  if (code !== 0) throw new Error(`${code} ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
const ring = (): string[] => readdirSync(join(folder, 'ring')).filter((name) => name.endsWith('.xml'));

describe('poolhouse keys', () => {
  it('D-65 provisions rings once and makes no key', async () => {
    const { items } = (await json('provision --all')) as { items: { pool: string; place: string; state: string }[] };
    expect(items.map(({ pool, state }) => `${pool} ${state}`)).toEqual(['shop made', 'farm unchanged']);
    const place = items[0]?.place ?? '';
    expect(place).toMatch(/\/state\/pools\/ph-shop-[0-9a-f]{8}\/profile\/\.aspnet\/DataProtection-Keys$/);
    expect([statSync(place).mode & 0o777, readdirSync(place)]).toEqual([0o700, []]);
    chmodSync(place, 0o755);
    expect((await keys('provision shop')).stdout).toBe(`pool shop: ${place} is ready\n`);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    expect((await keys('provision shop')).stdout).toBe(`pool shop: ${place} was ready already\n`);
  });

  it('creates, lists, shows, revokes and deletes keys', async () => {
    const { key } = (await json('create farm --activate-in 0')) as { key: { id: string } };
    expect(ring()).toEqual([`key-${key.id}.xml`]);
    expect((await keys('list')).stdout).toContain(`farm  ${key.id}  default`);
    expect((await keys('show farm')).stdout).toContain(`${key.id}  default`);
    expect((await keys(`revoke farm {${key.id.toUpperCase()}} --yes`)).stdout).toBe('1 key revoked\n');
    expect((await keys(`revoke farm --before now --yes`)).stdout).toBe('nothing was left to revoke\n');
    expect((await keys('show farm')).stdout).toContain(`${key.id}  revoked`);
    expect((await keys('prune farm --older-than 1d --yes')).stdout).toBe('no key is that old\n');
    expect((await keys('prune farm --older-than 0 --include-unexpired --yes')).stdout).toBe('1 key deleted\n');
    expect(ring()).toEqual([]);
  });

  it('says of everything that it does to a running Poolhouse that none runs', async () => {
    const { stderr } = await keys('create farm');
    expect(stderr).toContain('No Poolhouse is running there');
    expect((await keys('create shop')).stderr).toContain('poolhouse recycle shop');
  });

  it('carries a ring from pool to pool under a passphrase', async () => {
    await keys('create farm');
    const { stdout } = await keys('export farm out.json', 'correct horse\n');
    expect(stdout).toContain('1 element of the ring written to');
    expect(statSync(join(folder, 'out.json')).mode & 0o777).toBe(0o600);
    expect((await keys('export farm out.json', 'correct horse\n')).stderr).toContain('there is such a file already');
    expect((await keys('import shop out.json', 'wrong horse\n')).stderr).toContain('the passphrase is wrong');
    expect((await keys('import shop out.json', 'correct horse\n')).stdout).toBe('1 element imported\n');
    expect((await keys('import shop ring')).stdout).toBe('the ring has all of it already\n');
  });

  it('imports a ring that was protected elsewhere, and protects one anew', async () => {
    const [first, second] = (['first', 'second'] as const).map((name) => {
      const [file] = certificateBytes(name).files;
      writeFileSync(join(folder, `${name}.pem`), Buffer.from(file?.base64 ?? '', 'base64'));
      return `<certificate path="${folder}/${name}.pem"/>`;
    });
    configure(`<add pool="farm" store="Folder" path="%RING%">${first}</add>`);
    await keys('create farm --activate-in 0');
    expect((await keys('import shop ring')).stderr).toContain('cannot be opened, nothing was imported');
    expect((await keys('import shop ring --cert first.pem')).stdout).toBe('1 element imported\n');
    expect((await keys('show shop')).stdout).toContain('clear');

    expect((await keys('reprotect farm --cert second.pem --yes')).stdout).toContain('1 key encrypted for certificate');
    expect((await keys('show farm')).stdout).not.toContain('default');
    configure(`<add pool="farm" store="Folder" path="%RING%">${second}</add>`);
    expect((await keys('show farm')).stdout).toContain('default');
    expect((await keys('reprotect farm')).stdout).toContain('encrypted for that certificate already');
  });

  it('never shows what is secret', async () => {
    await keys('create farm');
    const secret = /<value>([^<]+)/.exec(readFileSync(join(folder, 'ring', ring()[0] ?? ''), 'utf8'))?.[1] ?? '';
    expect(secret.length).toBeGreaterThan(80);
    for (const words of ['list', 'show farm', 'list --json', 'show farm --json', 'revoke farm --before now --yes']) {
      const { stdout, stderr } = await keys(words);
      expect(stdout + stderr).not.toContain(secret);
    }
    configure('<add pool="farm" store="Redis" connection="redis://me:swordfish@127.0.0.1:1/"/>');
    for (const words of ['list', 'show farm', 'create farm', 'list --json']) {
      const { code, stdout, stderr } = await keys(words);
      expect(code).toBe(1);
      expect(stdout + stderr).not.toContain('swordfish');
      expect(stdout + stderr).toContain('Redis at 127.0.0.1:1');
    }
  });

  const id = '657cf77b-e662-48e4-912a-c80edc60e56b';
  it.each([
    ['show fram', 'pool-not-found', 'did you mean: farm'],
    ['show none', 'no-key-ring', 'its key ring has store="Memory"'],
    [`revoke farm ${id}`, 'not-confirmed', '--yes'],
    ['prune farm --older-than 1d', 'not-confirmed', 'can never be read again'],
    [`revoke farm ${id} --yes`, 'key-ring-failed', `the ring has no key ${id}`],
    ['revoke farm abc --yes', 'wrong-value', 'is no id of a key'],
    ['revoke farm --yes', 'wrong-arguments', 'a KEY or --before INSTANT'],
    ['revoke farm --before 2026-11-22 --yes', 'wrong-value', 'with its time zone'],
    ['create farm --activate-in soon', 'wrong-value', 'such as 30m, 12h or 2d'],
    ['create farm --activate-in 90d', 'key-ring-failed', 'it would expire before it is used'],
    ['prune farm', 'wrong-arguments', '--older-than'],
    ['provision', 'wrong-arguments', 'POOL or --all'],
    ['reprotect farm', 'key-ring-failed', 'names no certificate'],
    ['reprotect farm --cert missing.pem --yes', 'file-failed', 'missing.pem does not exist'],
    ['reprotect farm --cert-key k.pem --yes', 'wrong-arguments', 'need --cert'],
    ['export farm out.json', 'wrong-value', 'at least 8 characters'],
    ['import farm missing', 'file-not-found', 'no file or folder'],
  ] as const)('%s is refused', async (words, name, text) => {
    const { code, stderr } = await keys(words);
    expect(stderr).toContain(commandErrors[name].code);
    expect(stderr).toContain(text);
    expect(code).not.toBe(0);
  });

  it.skipIf(process.getuid?.() !== 0)('never works as root in the home of a user (needs root)', async () => {
    const { items } = (await json('provision --all')) as { items: { place: string }[] };
    const place = items[0]?.place ?? '';
    chmodSync(place, 0o755);
    chownSync(join(place, '../..'), 4711, 4711);
    for (const words of ['provision shop', 'create shop', 'show shop']) {
      expect((await keys(words)).stderr).toContain('belongs to user 4711, and root must not work in it');
    }
    expect([statSync(place).mode & 0o777, readdirSync(place)]).toEqual([0o755, []]);
  });

  it('shows names that somebody else gave without what a terminal would obey', async () => {
    writeFileSync(join(folder, 'ring', 'key-\u001b[2J.xml'), '<key');
    for (const words of ['list', 'show farm', 'provision farm', 'provision --all']) {
      const { stdout, stderr } = await keys(words);
      expect(stdout + stderr).toContain('[2J.xml');
      expect(stdout + stderr).not.toContain('\u001b');
    }
  });

  it('tells what the folder of a ring lacks', async () => {
    rmSync(join(folder, 'ring'), { recursive: true });
    expect((await keys('show farm')).stderr).toContain('there is no folder');
    const { code, stdout } = await keys('list');
    expect([code, stdout.includes('there is no folder')]).toEqual([1, true]);
  });
});
