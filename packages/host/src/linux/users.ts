import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Tools that change accounts get nothing of our environment but what finds programs and makes their words English. */
const run = async (program: string, args: readonly string[]): Promise<unknown> =>
  promisify(execFile)(program, args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }, cwd: '/' });

/** Part of systemd, and the way in which packages make accounts; `useradd` where there is none. */
const sysusers = '/usr/bin/systemd-sysusers';

/** A local account as /etc/passwd and /etc/group have it. */
export interface LocalUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

export function findUser(name: string): LocalUser | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid, , home] = line.split(':');
    if (user === name) {
      return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/', groups: supplementaryGroups(name) };
    }
  }
  return undefined;
}

export function findGroup(name: string): number | undefined {
  for (const [group, gid] of groupLines()) if (group === name) return Number(gid);
  return undefined;
}

/** Makes sure that a system group exists; needs root. */
export async function ensureGroup(name: string, preferredGid?: number): Promise<number> {
  const existing = findGroup(name);
  if (existing !== undefined) return existing;
  if (existsSync(sysusers)) {
    await run(sysusers, ['--inline', `g ${name} ${preferredGid ?? '-'}`]);
  } else {
    // A wish, as it is for sysusers: groupadd fails for one that somebody has.
    const wanted = preferredGid === undefined || !isFree(preferredGid) ? [] : ['--gid', String(preferredGid)];
    await run('/usr/sbin/groupadd', ['--system', ...wanted, name]);
  }
  return required(findGroup(name), `group ${name}`);
}

/**
 * Makes sure that a system user of the same name as its group exists, without a home of its own and
 * without a shell; needs root. An existing user is left as it is.
 */
export async function ensureUser(
  name: string,
  options: { readonly preferredId?: number; readonly home: string },
): Promise<LocalUser> {
  const existing = findUser(name);
  if (existing !== undefined) return existing;
  const free = options.preferredId !== undefined && isFree(options.preferredId) ? options.preferredId : undefined;
  const gid = await ensureGroup(name, free);
  if (existsSync(sysusers)) {
    await run(sysusers, ['--inline', sysusersLine(name, free, gid, options.home)]);
  } else {
    const wanted = free === undefined ? [] : ['--uid', String(free)];
    await run('/usr/sbin/useradd', [
      ...['--system', '--no-create-home', '--no-user-group', '--shell', '/usr/sbin/nologin'],
      ...['--home-dir', options.home, '--gid', String(gid), ...wanted, name],
    ]);
  }
  return required(findUser(name), `user ${name}`);
}

/** A user with an existing group, as sysusers.d(5) writes it: quoted like in C, with `%` for specifiers. */
export function sysusersLine(name: string, uid: number | undefined, gid: number, home: string): string {
  const quoted = home.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%');
  return `u ${name} ${uid ?? '-'}:${gid} "Poolhouse" "${quoted}" /usr/sbin/nologin`;
}

function isFree(id: number): boolean {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  return (
    !users.some((line) => line.split(':')[2] === String(id)) && !groupLines().some(([, gid]) => gid === String(id))
  );
}

function supplementaryGroups(user: string): number[] {
  return groupLines()
    .filter(([, , members]) => members.split(',').includes(user))
    .map(([, gid]) => Number(gid));
}

function groupLines(): [name: string, gid: string, members: string][] {
  return readFileSync('/etc/group', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', , gid = '', members = ''] = line.split(':');
      return [name, gid, members];
    });
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} was created but cannot be found; is another name service in use?`);
  return value;
}
