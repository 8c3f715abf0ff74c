import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationPoolSettings, KeyRingSettings } from '../activation/revision.ts';
import { MemoryFiles } from '../activation/testing/memory-files.ts';
import { poolSettings } from '../pools/testing/pool-settings.ts';
import { KeyRings } from './key-rings.ts';
import type { KeeperAnswer, KeeperJob } from './keeper-job.ts';

const plain = { applicationName: '', profileCompat: 'Helpful' } as const;
const shared = {
  ...{ path: '/mnt/keys', connection: '', connectionFile: '', name: '' },
  ...{ autoGenerate: true, olderCertificates: [] },
};
const farm: KeyRingSettings = { ...plain, store: 'Folder', shared };

let run: string;
let jobs: KeeperJob[];
let events: string[];
let answer: (job: KeeperJob, signal?: AbortSignal) => Promise<KeeperAnswer>;
let files: MemoryFiles;
let rings: KeyRings;

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'poolhouse-rings-'));
  [jobs, events] = [[], []];
  answer = () => Promise.resolve(loaded('A'));
  files = new MemoryFiles({ '/etc/keys.pem': 'PEM', '/etc/pass': 'word\nrest', '/etc/url': 'redis://:pw@host/\n' });
  rings = new KeyRings({
    runFolder: run,
    keeperUser: () => Promise.resolve(undefined),
    askKeeper: (job, _credentials, signal) => {
      jobs.push(job);
      return answer(job, signal);
    },
    files,
    emit: (name, fields) => void events.push(`${name} ${JSON.stringify(fields)}`),
    now: () => 0,
    random: () => 0,
  });
});
afterEach(() => {
  rings.close();
  rmSync(run, { recursive: true, force: true });
});

function loaded(text: string, more: Partial<KeeperAnswer & { ok: true }> = {}): KeeperAnswer {
  return { ok: true, keys: [], changed: [], warnings: [], elements: [{ name: 'key-1', text }], ...more };
}
const pool = (name: string, keyRing: KeyRingSettings = farm): ApplicationPoolSettings =>
  poolSettings({ name, keyRing: keyRing as never });
const identity = { credentials: undefined, profile: { user: 'u', home: '/home/u', temporaryFolder: '/tmp' } };
const use = (settings: ApplicationPoolSettings) => rings.use(settings, identity).keyRing;
const copyOf = (folder = ''): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

describe('key rings of pools', () => {
  it('are loaded once for all pools that read them, before their first process starts', async () => {
    const [one, two] = [use(pool('one')), use(pool('two'))];
    expect(one?.folder).toMatch(/\/keys\/ph-one-[0-9a-f]{8}$/);
    await Promise.all([one?.ready(), two?.ready()]);
    expect(jobs).toHaveLength(1);
    expect([copyOf(one?.folder), copyOf(two?.folder)]).toEqual([['A'], ['A']]);
    expect(rings.of('ONE')).toEqual({ store: 'folder', folder: one?.folder, loadedAt: '1970-01-01T00:00:00.000Z' });
    expect(events).toEqual(['keyring.loaded {"place":"folder /mnt/keys","pools":"one, two","keys":0}']);
  });

  it('are copied at once for a pool that comes later, and go with a pool', async () => {
    await use(pool('one'))?.ready();
    const two = use(pool('two'));
    expect(copyOf(two?.folder)).toEqual(['A']);
    rings.forget('Two');
    expect(existsSync(two?.folder ?? '')).toBe(false);
    expect(rings.of('two')).toBeUndefined();
  });

  it('keep what was loaded last when the store fails, and say so once', async () => {
    const one = use(pool('one'));
    await one?.ready();
    answer = () => Promise.resolve({ ok: false, error: 'out of reach' });
    await rings.refresh();
    await rings.refresh();
    expect(copyOf(one?.folder)).toEqual(['A']);
    expect(rings.of('one')?.problem).toBe('out of reach');
    expect(events.slice(1)).toEqual([
      'keyring.failed {"place":"folder /mnt/keys","pools":"one","error":"out of reach","kept":"1970-01-01T00:00:00.000Z"}',
    ]);
    answer = () => Promise.resolve(loaded('B'));
    await rings.refresh();
    expect(copyOf(one?.folder)).toEqual(['B']);
    expect(rings.of('one')?.problem).toBeUndefined();
  });

  it('keep keys whose certificate is gone, also for a pool that comes later', async () => {
    await use(pool('one'))?.ready();
    const elements = [{ name: 'key-1', text: 'closed', closed: true } as const];
    answer = () => Promise.resolve(loaded('', { elements, warnings: ['key-1 cannot be opened'] }));
    await rings.refresh();
    await rings.refresh();
    expect([copyOf(use(pool('one'))?.folder), copyOf(use(pool('two'))?.folder)]).toEqual([['A'], ['A']]);
    expect(events.at(-1)).toBe('keyring.warning {"place":"folder /mnt/keys","detail":"key-1 cannot be opened"}');
    answer = () => Promise.resolve(loaded('', { elements, warnings: ['no certificate'], problem: 'none is valid' }));
    await rings.refresh();
    expect(events.at(-1)).toBe(
      'keyring.failed {"place":"folder /mnt/keys","pools":"one, two","error":"no certificate","kept":"1970-01-01T00:00:00.000Z"}',
    );
  });

  it('tell the keeper that there were keys, also those of an earlier supervisor, but not those of another ring', async () => {
    const hadKeys = (): boolean[] => jobs.map(({ action }) => action.type === 'load' && action.hadKeys);
    await use(pool('one'))?.ready();
    await rings.refresh();
    rings.close();
    const earlier = jobs;
    jobs = [];
    rings = new KeyRings({
      ...{ runFolder: run, files, emit: () => undefined, now: () => 0, random: () => 0 },
      keeperUser: () => Promise.resolve(undefined),
      askKeeper: (job) => {
        jobs.push(job);
        return answer(job);
      },
    });
    await use(pool('one'))?.ready();
    await use(pool('one', { ...farm, shared: { ...shared, path: '/mnt/other' } } as KeyRingSettings))?.ready();
    expect(hadKeys()).toEqual([true, false]);
    jobs = earlier;
    expect(hadKeys()).toEqual([false, true]);
  });

  it('keep their keys when a keeper has none to give, whatever it says', async () => {
    const one = use(pool('one'));
    await one?.ready();
    answer = () => Promise.resolve(loaded('', { elements: [{ name: 'revocation-1', text: 'R' }] }));
    await rings.refresh();
    expect(copyOf(one?.folder)).toEqual(['A']);
    expect(rings.of('one')?.problem).toBe('the key keeper gave no keys');
  });

  it('leave nothing of a pool behind whose name a reload wrote in other letters', async () => {
    await use(pool('Shop'))?.ready();
    const folder = use(pool('shop'))?.folder ?? '';
    await use(pool('two'))?.ready();
    rings.forget('SHOP');
    answer = () => Promise.resolve(loaded('B'));
    await rings.refresh();
    expect(existsSync(folder)).toBe(false);
    rings.forget('two');
    await rings.refresh();
    expect(jobs).toHaveLength(2);
  });

  it('end a load that is under way when they close, and begin no other', async () => {
    await use(pool('one'))?.ready();
    let ended = false;
    answer = (_job, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          ended = true;
          resolve({ ok: false, error: 'ended' });
        });
      });
    const [first, second] = [rings.refresh(), rings.refresh()];
    await expect.poll(() => jobs.length).toBe(2);
    rings.close();
    await Promise.all([first, second]);
    await rings.refresh();
    expect([ended, jobs.length]).toEqual([true, 2]);
    expect(rings.of('one')?.problem).toBeUndefined();
  });

  it('let processes start when keys cannot be had', async () => {
    answer = () => Promise.reject(new Error('no keeper'));
    await use(pool('one'))?.ready();
    expect(rings.of('one')).toMatchObject({ store: 'folder', problem: 'no keeper' });
  });

  it('say that a ring has no key that can be used', async () => {
    answer = () => Promise.resolve(loaded('A', { problem: 'all are revoked', warnings: ['w'] }));
    await use(pool('one'))?.ready();
    expect(events).toEqual([
      'keyring.unusable {"place":"folder /mnt/keys","pools":"one","error":"all are revoked"}',
      'keyring.warning {"place":"folder /mnt/keys","detail":"w"}',
    ]);
    expect(rings.of('one')?.problem).toBe('all are revoked');
  });

  it('load again when somebody asks while they load: that load may have begun too early', async () => {
    await use(pool('one'))?.ready();
    const gate = Promise.withResolvers<KeeperAnswer>();
    answer = () => gate.promise;
    const first = rings.refresh();
    await expect.poll(() => jobs.length).toBe(2);
    const second = rings.refresh();
    answer = () => Promise.resolve(loaded('C'));
    gate.resolve(loaded('B'));
    await first;
    await second;
    expect(jobs).toHaveLength(3);
    expect(copyOf(rings.of('one')?.folder)).toEqual(['C']);
  });

  it('get certificates and connections as they are on the disk at each load', async () => {
    const certificate = { path: '/etc/keys.pem', passphraseFile: '/etc/pass' };
    const keyRing: KeyRingSettings = {
      ...{ ...plain, store: 'Redis' },
      shared: { ...shared, path: '', connectionFile: '/etc/url', certificate, keyLifetimeMs: 10 * 86_400_000 },
    };
    await use(pool('one', keyRing))?.ready();
    expect(jobs[0]).toMatchObject({
      place: { store: 'Redis', connection: 'redis://:pw@host/', name: '' },
      certificate: { files: [{ path: '/etc/keys.pem', base64: 'UEVN' }], passphrase: 'word' },
      keyLifetimeDays: 10,
    });
    files.written('/etc/keys.pem', 'NEW');
    await rings.refresh();
    expect(jobs[1]?.certificate?.files[0]?.base64).toBe('TkVX');
    files.tree['/etc/keys.pem'] = undefined;
    await rings.refresh();
    expect(rings.of('one')?.problem).toBe('/etc/keys.pem does not exist');
    expect(jobs).toHaveLength(2);
    expect(events.join()).not.toContain(':pw@');
  });

  it('of profiles belong to their applications: nothing is loaded, and what is lost is told once', async () => {
    expect(use(pool('one', { ...plain, store: 'Profile' }))).toBeUndefined();
    expect(rings.of('one')).toEqual({ store: 'profile', folder: '/home/u/.aspnet/DataProtection-Keys' });
    use(pool('two', { ...plain, store: 'Memory' }));
    use(pool('two', { ...plain, store: 'Memory' }));
    expect(rings.of('two')).toEqual({ store: 'memory', problem: 'its key ring has store="Memory"' });
    expect(events).toEqual(['dataprotection.ephemeral {"pool":"two","reason":"its key ring has store=\\"Memory\\""}']);
    expect(jobs).toEqual([]);
  });

  it('lose their copy when a pool goes back to its profile, and when nobody knows the pool any more', async () => {
    const folder = use(pool('one'))?.folder ?? '';
    await use(pool('two'))?.ready();
    use(pool('one', { ...plain, store: 'Profile' }));
    expect(existsSync(folder)).toBe(false);
    rings.forget('two');
    const stranger = use(pool('three'))?.folder ?? '';
    await rings.refresh();
    rings.close();
    rings = new KeyRings({
      ...{ runFolder: run, files, emit: () => undefined, now: () => 0, random: () => 0 },
      ...{ keeperUser: () => Promise.resolve(undefined), askKeeper: (job) => answer(job) },
    });
    rings.removeStrangers();
    expect(existsSync(stranger)).toBe(false);
  });
});
