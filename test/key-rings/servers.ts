import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, until } from '../harness/index.ts';

/** A real store for one test, behind a password. */
export interface StoreServer {
  /** As a configuration names it, the password included. */
  readonly connection: string;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** Never in an output, a log or an answer. */
export const password = 'swordfish';

const redisProgram = '/usr/bin/redis-server';
const postgreSqlVersions = '/usr/lib/postgresql';

export const hasRedis = existsSync(redisProgram);
export const hasPostgreSql = postgreSqlFolder() !== undefined;

export async function startRedis(): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const port = await freePort();
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--requirepass',
    password,
    '--dir',
    folder,
    '--save',
    '',
  ];
  const server = spawn(redisProgram, options, { stdio: 'ignore' });
  return started(server, folder, port, `redis://:${password}@127.0.0.1:${port}/0`);
}

/** As root it runs as the user that Debian's package makes: PostgreSQL refuses root. */
export async function startPostgreSql(): Promise<StoreServer> {
  const programs = postgreSqlFolder() ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'postgresql-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const root = process.getuid?.() === 0;
  const [program = '', ...before] = root
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']
    : ['env'];
  if (root) chownSync(folder, idOf('-u'), idOf('-g'));
  const initialize = [join(programs, 'initdb'), '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8'];
  const made = spawnSync(program, [...before, ...initialize], { cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'fsync=off', '-k', folder];
  const server = spawn(program, [...before, join(programs, 'postgres'), '-D', data, ...settings], {
    ...{ cwd: folder, stdio: 'ignore' },
  });
  return started(server, folder, port, `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`);
}

function postgreSqlFolder(): string | undefined {
  const versions = existsSync(postgreSqlVersions) ? readdirSync(postgreSqlVersions).sort() : [];
  const folder = versions.map((version) => join(postgreSqlVersions, version, 'bin')).at(-1);
  return folder !== undefined && existsSync(join(folder, 'initdb')) ? folder : undefined;
}

function idOf(option: '-u' | '-g'): number {
  return Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout);
}

async function started(server: ChildProcess, folder: string, port: number, connection: string): Promise<StoreServer> {
  const ended = once(server, 'exit');
  await until('the store to accept connections', () => answers(port));
  return {
    connection,
    async stop() {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
