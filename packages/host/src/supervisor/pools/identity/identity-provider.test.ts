import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalUser } from '../../../linux/index.ts';
import { poolSettings } from '../testing/pool-settings.ts';
import { IdentityProvider, type Accounts } from './identity-provider.ts';
import { poolUser } from './pool-user.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'poolhouse-identity-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** As the tools of the system: whoever makes what has just been made fails. */
class TestAccounts implements Accounts {
  readonly made: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #firstId: number;

  constructor(firstId: number) {
    this.#firstId = firstId;
  }

  readonly findUser = (name: string): LocalUser | undefined => {
    const id = this.#ids.get(name);
    return id === undefined ? undefined : { name, uid: id, gid: id, home: '/', groups: [] };
  };

  readonly ensureUser = async (name: string): Promise<LocalUser> => {
    await this.#make(name);
    return this.findUser(name) as LocalUser;
  };

  readonly ensureGroup = (name: string): Promise<number> => this.#make(name);

  async #make(name: string): Promise<number> {
    const existing = this.#ids.get(name);
    if (existing !== undefined) return existing;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#ids.has(name)) throw new Error(`${name} already exists`);
    const id = this.#firstId + this.#ids.size;
    this.#ids.set(name, id);
    this.made.push(name);
    return id;
  }
}

const root = process.getuid?.() === 0;
const ownId = process.getuid?.() ?? 0;

describe('identities of pools', () => {
  it.skipIf(!root)('are made one after the other, also when many ask at once (needs root)', async () => {
    const accounts = new TestAccounts(4711);
    const identities = new IdentityProvider(true, state, accounts);
    const pools = ['one', 'two'].map((name) => poolSettings({ name }));
    const [keeper, again, ...found] = await Promise.all([
      identities.keeperUser(),
      identities.keeperUser(),
      ...pools.map((pool) => identities.identityOf(pool)),
    ]);
    expect(again).toEqual(keeper);
    expect(found.map(({ credentials }) => credentials?.groups)).toEqual([[4713], [4713]]);
    expect(accounts.made).toEqual(['poolhouse-keys', poolUser('one').name, 'poolhouse-users', poolUser('two').name]);
  });

  it('go on after one that could not be made', async () => {
    const accounts = new TestAccounts(ownId);
    const identities = new IdentityProvider(true, state, accounts);
    const nobody = poolSettings({ name: 'one' });
    const { processModel } = nobody;
    const specific = {
      ...nobody,
      processModel: { ...processModel, identityType: 'SpecificUser', userName: 'who' } as const,
    };
    const [failed, keeper] = await Promise.allSettled([identities.identityOf(specific), identities.keeperUser()]);
    expect([failed.status, keeper.status]).toEqual(['rejected', 'fulfilled']);
  });

  it.skipIf(!root)('never give away what a link in the place of a home leads to (needs root)', async () => {
    const place = join(state, 'pools', poolUser('shop').name);
    const victim = join(state, 'victim');
    mkdirSync(victim);
    mkdirSync(place, { recursive: true });
    symlinkSync(victim, join(place, 'profile'));
    await new IdentityProvider(true, state, new TestAccounts(4711)).identityOf(poolSettings({ name: 'shop' }));
    expect(statSync(victim).uid).toBe(0);
  });
});
