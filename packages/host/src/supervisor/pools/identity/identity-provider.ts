import { chownSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ensureGroup, ensureUser, findUser, type Credentials, type LocalUser } from '../../../linux/index.ts';
import type { ApplicationPoolSettings } from '../../activation/revision.ts';
import type { PoolIdentity } from '../hosting/host-facts.ts';
import { poolUser } from './pool-user.ts';

/** The group that every pool user belongs to, unless `manualGroupMembership` (IIS_IUSRS). */
const everyPoolGroup = 'poolhouse-users';
/** The user of the gateways and of whoever reads content for a supervisor that is root. */
export const gatewayUserName = 'poolhouse-gateway';
/** Opens key rings that machines share: whoever may read the store must not read what pools and gateways may. */
export const keeperUserName = 'poolhouse-keys';
const sharedUsers = { NetworkService: 'poolhouse-net', LocalService: 'poolhouse-local' } as const;

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

  constructor(separateUsers: boolean, stateFolder: string) {
    this.#separateUsers = separateUsers;
    this.#stateFolder = stateFolder;
  }

  /** The unprivileged user of the gateways; undefined when everything runs as the current user. */
  async gatewayUser(): Promise<LocalUser | undefined> {
    return this.#separateUsers ? ensureUser(gatewayUserName, { home: '/nonexistent' }) : undefined;
  }

  /** Whom keepers of shared key rings run as; undefined when everything runs as the current user. */
  async keeperUser(): Promise<Credentials | undefined> {
    if (!this.#separateUsers) return undefined;
    const { uid, gid, groups } = await ensureUser(keeperUserName, { home: '/nonexistent' });
    return { uid, gid, groups };
  }

  /** @throws IdentityError when the pool cannot run as what it names */
  async identityOf(pool: ApplicationPoolSettings): Promise<PoolIdentity> {
    return this.#separateUsers ? this.#separateIdentity(pool) : this.#ownIdentity(pool);
  }

  async #separateIdentity(pool: ApplicationPoolSettings): Promise<PoolIdentity> {
    const { identityType, manualGroupMembership } = pool.processModel;
    const own = poolUser(pool.name);
    const user = await this.#userOf(pool, own.name, own.preferredId);
    if (user.uid === 0)
      throw new IdentityError(user.name, `${user.name} is root; a pool never runs as root, name another user`);
    const groups = new Set(identityType === 'SpecificUser' ? user.groups : []);
    if (!manualGroupMembership) groups.add(await ensureGroup(everyPoolGroup));
    groups.delete(user.gid);
    return {
      credentials: { uid: user.uid, gid: user.gid, groups: [...groups] },
      profile: this.#profile(user.name, user),
    };
  }

  async #userOf(pool: ApplicationPoolSettings, ownName: string, preferredId: number): Promise<LocalUser> {
    const { identityType, userName } = pool.processModel;
    const home = (name: string): string => join(this.#stateFolder, 'pools', name, 'profile');
    switch (identityType) {
      case 'ApplicationPoolIdentity':
        return ensureUser(ownName, { preferredId, home: home(ownName) });
      case 'NetworkService':
      case 'LocalService': {
        const name = sharedUsers[identityType];
        return ensureUser(name, { home: home(name) });
      }
      case 'SpecificUser': {
        const user = findUser(localName(userName));
        if (user === undefined)
          throw new IdentityError(
            userName,
            `there is no local user "${localName(userName)}"; create it, or correct processModel userName`,
          );
        return user;
      }
      case 'LocalSystem':
        throw new IdentityError(
          'LocalSystem',
          'LocalSystem would be root; use ApplicationPoolIdentity, or SpecificUser with a local user',
        );
    }
  }

  #ownIdentity(pool: ApplicationPoolSettings): PoolIdentity {
    const { username } = userInfo();
    const { identityType, userName } = pool.processModel;
    if (identityType === 'SpecificUser' && localName(userName) !== username) {
      throw new IdentityError(
        userName,
        `without root every pool runs as ${username}, not as ${localName(userName)}; start Poolhouse as root, or remove identityType="SpecificUser"`,
      );
    }
    const poolFolder = poolUser(pool.name).name;
    return { credentials: undefined, profile: { ...this.#profile(poolFolder, undefined), user: username } };
  }

  #profile(folder: string, owner: LocalUser | undefined): PoolIdentity['profile'] {
    const base = join(this.#stateFolder, 'pools', folder);
    mkdirSync(base, { recursive: true, mode: 0o711 });
    const [home, temporaryFolder] = [join(base, 'profile'), join(base, 'tmp')];
    for (const path of [home, temporaryFolder]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    }
    return { user: folder, home, temporaryFolder };
  }
}

/** `DOMAIN\shop` and `.\shop` are the local user `shop`. */
function localName(userName: string): string {
  return userName.slice(userName.lastIndexOf('\\') + 1);
}
