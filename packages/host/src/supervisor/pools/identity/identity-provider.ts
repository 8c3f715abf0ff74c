import { lchownSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureGroup, ensureUser, findUser, type Credentials, type LocalUser } from '../../../linux/index.ts';
import type { ApplicationPoolSettings } from '../../activation/revision.ts';
import type { PoolIdentity } from '../hosting/host-facts.ts';
import { InTurn } from './in-turn.ts';
import { poolUser } from './pool-user.ts';

/** The group that every pool user belongs to, unless `manualGroupMembership` (IIS_IUSRS). */
const everyPoolGroup = 'poolhouse-users';
/** The user of the gateways and of whoever reads content for a supervisor that is root. */
export const gatewayUserName = 'poolhouse-gateway';
/** Opens key rings that machines share: whoever may read the store must not read what pools and gateways may. */
export const keeperUserName = 'poolhouse-keys';
const sharedUsers = { NetworkService: 'poolhouse-net', LocalService: 'poolhouse-local' } as const;

/** The accounts of this machine. */
export interface Accounts {
  readonly findUser: typeof findUser;
  readonly ensureUser: typeof ensureUser;
  readonly ensureGroup: typeof ensureGroup;
}

export class IdentityError extends Error {
  readonly user: string;

  constructor(user: string, message: string) {
    super(message);
    this.user = user;
  }
}

/**
 * Gives each pool the user it runs as, and a home of its own below the state folder.
 *
 * With `separateUsers` (root) users are created as needed. Without, everything runs as the supervisor's own
 * user; a pool that names somebody else does not start, because it must never silently run as another.
 */
export class IdentityProvider {
  readonly #separateUsers: boolean;
  readonly #stateFolder: string;
  readonly #accounts: Accounts;
  /** Two at once would both find that an account is missing, and one of them fail to make it. */
  readonly #making = new InTurn();

  constructor(separateUsers: boolean, stateFolder: string, accounts: Accounts = { findUser, ensureUser, ensureGroup }) {
    this.#separateUsers = separateUsers;
    this.#stateFolder = stateFolder;
    this.#accounts = accounts;
  }

  /** The unprivileged user of the gateways; undefined when everything runs as the current user. */
  async gatewayUser(): Promise<LocalUser | undefined> {
    return this.#separateUsers ? this.#systemUser(gatewayUserName) : undefined;
  }

  /** Whom keepers of shared key rings run as; undefined when everything runs as the current user. */
  async keeperUser(): Promise<Credentials | undefined> {
    if (!this.#separateUsers) return undefined;
    const { uid, gid, groups } = await this.#systemUser(keeperUserName);
    return { uid, gid, groups };
  }

  /** @throws IdentityError when the pool cannot run as what it names */
  async identityOf(pool: ApplicationPoolSettings): Promise<PoolIdentity> {
    return this.#separateUsers ? this.#making.run(() => this.#separateIdentity(pool)) : this.#ownIdentity(pool);
  }

  /**
   * The same without making anything: undefined when a user is not there yet.
   *
   * @throws IdentityError
   */
  existingIdentity(pool: ApplicationPoolSettings): PoolIdentity | undefined {
    const { identityType, userName } = pool.processModel;
    const own = poolUser(pool.name).name;
    if (!this.#separateUsers) {
      requireOwnUser(pool);
      return { credentials: undefined, profile: { ...this.#places(own), user: userInfo().username } };
    }
    if (identityType === 'LocalSystem') throw localSystem();
    const name =
      identityType === 'ApplicationPoolIdentity'
        ? own
        : identityType === 'SpecificUser'
          ? localName(userName)
          : sharedUsers[identityType];
    const user = this.#accounts.findUser(name);
    if (user === undefined || user.uid === 0) return undefined;
    return { credentials: { uid: user.uid, gid: user.gid, groups: [] }, profile: this.#places(name) };
  }

  /** Whom keepers of shared key rings run as, if it is there already. */
  existingKeeperUser(): Credentials | undefined {
    const user = this.#separateUsers ? this.#accounts.findUser(keeperUserName) : undefined;
    return user === undefined ? undefined : { uid: user.uid, gid: user.gid, groups: user.groups };
  }

  #systemUser(name: string): Promise<LocalUser> {
    return this.#making.run(() => this.#accounts.ensureUser(name, { home: '/nonexistent' }));
  }

  async #separateIdentity(pool: ApplicationPoolSettings): Promise<PoolIdentity> {
    const { identityType, manualGroupMembership } = pool.processModel;
    const own = poolUser(pool.name);
    const user = await this.#userOf(pool, own.name, own.preferredId);
    if (user.uid === 0)
      throw new IdentityError(user.name, `${user.name} is root; a pool never runs as root, name another user`);
    const groups = new Set(identityType === 'SpecificUser' ? user.groups : []);
    if (!manualGroupMembership) groups.add(await this.#accounts.ensureGroup(everyPoolGroup));
    // The main group of an account that somebody made may have many members: keys are for one of the pool's own.
    const keyReaders =
      'shared' in pool.keyRing ? await this.#accounts.ensureGroup(own.name, own.preferredId) : undefined;
    if (keyReaders !== undefined) groups.add(keyReaders);
    groups.delete(user.gid);
    return {
      credentials: { uid: user.uid, gid: user.gid, groups: [...groups] },
      profile: this.#profile(user.name, user),
      ...(keyReaders === undefined ? {} : { keyReaders }),
    };
  }

  async #userOf(pool: ApplicationPoolSettings, ownName: string, preferredId: number): Promise<LocalUser> {
    const { identityType, userName } = pool.processModel;
    const home = (name: string): string => join(this.#stateFolder, 'pools', name, 'profile');
    switch (identityType) {
      case 'ApplicationPoolIdentity':
        return this.#accounts.ensureUser(ownName, { preferredId, home: home(ownName) });
      case 'NetworkService':
      case 'LocalService': {
        const name = sharedUsers[identityType];
        return this.#accounts.ensureUser(name, { home: home(name) });
      }
      case 'SpecificUser': {
        const user = this.#accounts.findUser(localName(userName));
        if (user === undefined)
          throw new IdentityError(
            userName,
            `there is no local user "${localName(userName)}"; create it, or correct processModel userName`,
          );
        return user;
      }
      case 'LocalSystem':
        throw localSystem();
    }
  }

  #ownIdentity(pool: ApplicationPoolSettings): PoolIdentity {
    requireOwnUser(pool);
    const poolFolder = poolUser(pool.name).name;
    return { credentials: undefined, profile: { ...this.#profile(poolFolder, undefined), user: userInfo().username } };
  }

  #profile(folder: string, owner: LocalUser | undefined): PoolIdentity['profile'] {
    const places = this.#places(folder);
    mkdirSync(dirname(places.home), { recursive: true, mode: 0o711 });
    for (const path of [places.home, places.temporaryFolder]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      if (owner !== undefined) lchownSync(path, owner.uid, owner.gid);
    }
    return places;
  }

  #places(folder: string): PoolIdentity['profile'] {
    const base = join(this.#stateFolder, 'pools', folder);
    return { user: folder, home: join(base, 'profile'), temporaryFolder: join(base, 'tmp') };
  }
}

function requireOwnUser({ processModel: { identityType, userName } }: ApplicationPoolSettings): void {
  const { username } = userInfo();
  if (identityType !== 'SpecificUser' || localName(userName) === username) return;
  throw new IdentityError(
    userName,
    `without root every pool runs as ${username}, not as ${localName(userName)}; start Poolhouse as root, or remove identityType="SpecificUser"`,
  );
}

function localSystem(): IdentityError {
  return new IdentityError(
    'LocalSystem',
    'LocalSystem would be root; use ApplicationPoolIdentity, or SpecificUser with a local user',
  );
}

/** `DOMAIN\shop` and `.\shop` are the local user `shop`. */
function localName(userName: string): string {
  return userName.slice(userName.lastIndexOf('\\') + 1);
}
