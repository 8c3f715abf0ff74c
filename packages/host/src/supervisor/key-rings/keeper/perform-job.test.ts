import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataProtectionProvider } from '@poolhouse/data-protection';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateBytes, KeeperAction, KeeperAnswer, KeeperJob } from '../keeper-job.ts';
import { parseKeeperAnswer } from '../parse-keeper-answer.ts';
import { certificateBytes } from '../testing/certificates.ts';
import { performJob } from './perform-job.ts';

type Done = Extract<KeeperAnswer, { ok: true }>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poolhouse-keeper-'));
  await mkdir(path());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nowhere: Partial<KeeperJob> = { place: { store: 'None' } };
const load: KeeperAction = { type: 'load', hadKeys: false };
const path = (): string => join(folder, 'ring');
async function ask(action: KeeperAction, more: Partial<KeeperJob> = {}): Promise<KeeperAnswer> {
  const place = { store: 'Folder', path: path(), local: true } as const;
  const answer = await performJob({ place, autoGenerate: true, olderCertificates: [], action, ...more });
  // What the other side makes of it is what counts.
  return parseKeeperAnswer(JSON.parse(JSON.stringify(answer))) ?? { ok: false, error: 'no answer' };
}
async function done(action: KeeperAction, more?: Partial<KeeperJob>): Promise<Done> {
  const answer = await ask(action, more);
  if (!answer.ok) throw new Error(answer.error);
  return answer;
}
async function failure(action: KeeperAction, more?: Partial<KeeperJob>): Promise<string> {
  const answer = await ask(action, more);
  return answer.ok ? '' : answer.error;
}
const files = async (): Promise<string[]> => (await readdir(path())).filter((name) => name.endsWith('.xml'));

describe('a key keeper', () => {
  it('D-65 provisions an empty folder that nobody else reads, once', async () => {
    await rm(path(), { recursive: true });
    expect(await done({ type: 'provision' })).toMatchObject({ changed: [path()], keys: [] });
    expect((await stat(path())).mode & 0o777).toBe(0o700);
    expect(await done({ type: 'provision' })).toMatchObject({ changed: [], keys: [] });
    expect(await readdir(path())).toEqual([]);
  });

  it('makes the first key, describes it without its secret, and gives it to applications', async () => {
    const { changed, elements, keys, warnings } = await done(load);
    expect(changed).toEqual([keys[0]?.id]);
    expect(keys).toMatchObject([
      { default: true, revoked: false, algorithm: 'AES_256_CBC + HMACSHA256', protection: 'clear' },
    ]);
    expect(elements?.map(({ name }) => name)).toEqual([`key-${keys[0]?.id}`]);
    expect(warnings.join()).toContain('stored without encryption at rest');
    expect((await done(load)).changed).toEqual([]);
  });

  it('makes no key where a share is not mounted', async () => {
    await done(load);
    await rm(path(), { recursive: true });
    expect(await failure(load)).toContain(`there is no folder ${path()}`);
    await mkdir(path());
    expect(await failure({ type: 'load', hadKeys: true })).toContain('it is empty and had keys before');
    expect(await files()).toEqual([]);
  });

  it('makes none where another machine does', async () => {
    const { keys, problem } = await done(load, { autoGenerate: false });
    expect(keys).toEqual([]);
    expect(problem).toContain('auto-generation of keys is disabled');
  });

  it('makes a successor in time for every machine, and refuses one that would never be used', async () => {
    await done(load);
    const { changed, keys } = await done({ type: 'create', activateInMs: 2 * 86_400_000 });
    const made = keys.find(({ id }) => id === changed[0]);
    expect(made?.default).toBe(false);
    expect(Date.parse(made?.activates ?? '') - Date.parse(made?.created ?? '')).toBeCloseTo(2 * 86_400_000, -4);
    const late: KeeperAction = { type: 'create', activateInMs: 90 * 86_400_000 };
    expect(await failure(late)).toBe('a key lives for 90 days: it would expire before it is used');
  });

  it('revokes one key once, and all keys made before an instant', async () => {
    const id = (await done(load)).changed[0] as string;
    expect((await done({ type: 'revoke', keyId: id.toUpperCase(), reason: 'stolen' })).changed).toEqual([id]);
    expect((await done({ type: 'revoke', keyId: id, reason: '' })).changed).toEqual([]);
    expect(await failure({ type: 'revoke', keyId: '00000000-0000-4000-8000-000000000000', reason: '' })).toContain(
      'the ring has no key',
    );
    const next = (await done(load)).changed[0] as string;
    const before = new Date(Date.now() + 1000).toISOString();
    const farm = { place: { store: 'Folder', path: path(), local: false }, autoGenerate: false } as const;
    const { changed, keys, problem } = await done({ type: 'revokeBefore', before, reason: '' }, farm);
    expect(changed).toEqual([next]);
    expect(keys.every(({ revoked }) => revoked)).toBe(true);
    expect(problem).toContain('it has no key that can protect anything now');
    expect((await done({ type: 'describe' }, { ...farm, autoGenerate: true })).problem).toBeUndefined();
    expect((await files()).length).toBe(4);
  });

  it('protects keys for a certificate, and those that there are for another one', async () => {
    const [first, second] = [certificateBytes('first'), certificateBytes('second')];
    const [made] = (await done(load, { certificate: first })).changed as [string];
    const file = join(path(), `key-${made}.xml`);
    expect(await readFile(file, 'utf8')).toContain('EncryptedXmlDecryptor');

    await chmod(file, 0o640);
    const rotated = { certificate: second, olderCertificates: [first] };
    expect(await failure({ type: 'reprotect' }, { certificate: second })).toContain(
      'Unable to retrieve the decryption key',
    );
    const { changed, keys } = await done({ type: 'reprotect' }, rotated);
    expect(changed).toEqual([made]);
    expect(keys[0]?.protection).toMatch(/^certificate [0-9A-F]{40}$/);
    expect((await done({ type: 'reprotect' }, rotated)).changed).toEqual([]);
    expect(await files()).toHaveLength(1);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect((await readdir(path())).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    const { elements } = await done(load, { certificate: second });
    expect(elements?.[0]?.text).toContain('<value>');
  });

  it('gives what applications can use: the copy opens what the store protected', async () => {
    const certificate = certificateBytes('first');
    const { elements = [] } = await done(load, { certificate });
    const copy = await mkdtemp(join(folder, 'copy-'));
    for (const { name, text } of elements) await writeFile(join(copy, `${name}.xml`), text);
    const provider = DataProtectionProvider.create({
      keyDirectory: copy,
      applicationName: 'a',
      autoGenerateKeys: false,
    });
    const protector = provider.createProtector('p');
    expect(await protector.unprotect(await protector.protect('text'))).toBe('text');
    provider[Symbol.dispose]();
  });

  it('keeps in the copy what it cannot open, and says so', async () => {
    const [id] = (await done(load, { certificate: certificateBytes('first') })).changed as [string];
    const { elements, warnings, problem } = await done(load, { autoGenerate: false });
    expect(elements?.map(({ name }) => name)).toEqual([`key-${id}`]);
    expect(warnings.join()).toContain(`The key {${id}} cannot be opened.`);
    expect(problem).toBeDefined();
  });

  it('makes no key beside those of a certificate that is missing: other machines could not open it', async () => {
    await done(load, { certificate: certificateBytes('first') });
    const { changed, problem, warnings } = await done(load, { certificate: certificateBytes('second') });
    expect(changed).toEqual([]);
    expect(problem).toBeDefined();
    expect(warnings.join()).toContain('No new key is made here');
    expect(await files()).toHaveLength(1);
  });

  it('exports a ring under a passphrase, and imports what is missing', async () => {
    await done(load, { certificate: certificateBytes('first') });
    const passphrase = 'correct horse';
    const { elements = [] } = await done({ type: 'read' }, { certificate: certificateBytes('first') });
    const { archive = '' } = await done({ type: 'seal', elements, passphrase }, nowhere);
    expect(archive).not.toContain('<key');
    const before = await files();
    await rm(path(), { recursive: true });

    const documents = [{ name: 'ring.json', text: archive }];
    const wrong: KeeperAction = { type: 'open', documents, passphrase: 'swordfish', certificates: [] };
    expect(await failure(wrong, nowhere)).toBe('the passphrase is wrong, or the archive was changed');
    expect(await failure({ type: 'open', documents, certificates: [] }, nowhere)).toContain('give its passphrase');
    const opened = await done({ type: 'open', documents, passphrase, certificates: [] }, nowhere);
    expect(opened.elements).toEqual(elements);
    const { changed, keys } = await done({ type: 'import', elements }, { certificate: certificateBytes('second') });
    expect(changed.map((name) => `${name}.xml`)).toEqual(before);
    expect(keys[0]?.protection).toMatch(/^certificate /);
    expect((await done({ type: 'import', elements })).changed).toEqual([]);
  });

  it('opens nothing when one document is bad or closed', async () => {
    await done(load, { certificate: certificateBytes('first') });
    const [name = ''] = await files();
    const closed = { name, text: await readFile(join(path(), name), 'utf8') };
    const open = (documents: { name: string; text: string }[], certificates: CertificateBytes[]): KeeperAction => ({
      ...{ type: 'open', documents, certificates },
    });
    const key = [certificateBytes('first')];
    expect(await failure(open([closed], []), nowhere)).toContain('cannot be opened, nothing was imported');
    expect(await failure(open([closed, { name: 'x.xml', text: '<x' }], key), nowhere)).toContain('x.xml');
    expect(await failure(open([{ name: 'x', text: '<x/>' }], []), nowhere)).toContain('neither a key nor a revocation');
    expect(await failure({ type: 'import', elements: [{ name: 'x', text: '<x/>' }] })).toContain('neither a key nor');
    const { elements = [] } = await done(open([closed], key), nowhere);
    await rm(path(), { recursive: true });
    expect((await done({ type: 'import', elements })).keys).toMatchObject([{ protection: 'clear' }]);
  });

  it('deletes expired keys only, unless told otherwise', async () => {
    await done(load);
    expect((await done({ type: 'prune', olderThanMs: 0, includeUnexpired: false })).changed).toEqual([]);
    expect((await done({ type: 'prune', olderThanMs: 60_000, includeUnexpired: true })).changed).toEqual([]);
    expect((await done({ type: 'prune', olderThanMs: -1000, includeUnexpired: true })).changed).toHaveLength(1);
    expect(await files()).toEqual([]);
  });

  it('says what is wrong with a ring and nothing of its secrets', async () => {
    const [id] = (await done(load)).changed as [string];
    const file = join(path(), `key-${id}.xml`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('</value>', '</valu>'));
    const said = await failure(load);
    expect(said).toContain(file);
    expect(said).not.toContain(/<value>([^<]+)/.exec(text)?.[1]);
  });

  it('takes connections, passwords and passphrases out of errors', async () => {
    const connection = 'redis://poolhouse:swordfish%21@127.0.0.1:1/0';
    const place = { store: 'Redis', connection, name: '' } as const;
    const said = await failure({ type: 'describe' }, { place });
    expect(said).toContain('ECONNREFUSED');
    expect(said).not.toContain('swordfish');
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' },
    });
    const bad = { path: '/etc/keys.pem', base64: Buffer.from(privateKey).toString('base64') };
    const closed = await failure(load, { certificate: { files: [bad], passphrase: 'swordfish' } });
    expect(closed).toContain('/etc/keys.pem');
    expect(closed).not.toContain('swordfish');
  });
});
