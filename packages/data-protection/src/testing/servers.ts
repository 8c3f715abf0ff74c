import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real server for one test file, reached by a unix socket in a folder of its own. */
export interface TestServer {
  /** Folder of the socket; PostgreSQL's clients take it as host. */
  readonly folder: string;
  readonly socket: string;
  stop(): Promise<void>;
}

const redisProgram = '/usr/bin/redis-server';

/** Why the tests with Redis cannot run here. */
export function withoutRedis(): string | undefined {
  return existsSync(redisProgram) ? undefined : 'needs redis-server (as root on Debian, npm test installs it)';
}

export async function startRedis(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const socket = join(folder, 'socket');
  const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'no'];
  return started(spawn(redisProgram, options, { stdio: 'ignore' }), folder, socket, 'SIGTERM');
}

const postgreSqlVersions = '/usr/lib/postgresql';

function postgreSqlPrograms(): string | undefined {
  const versions = existsSync(postgreSqlVersions) ? readdirSync(postgreSqlVersions).sort() : [];
  const folder = versions.map((version) => join(postgreSqlVersions, version, 'bin')).at(-1);
  return folder !== undefined && existsSync(join(folder, 'initdb')) ? folder : undefined;
}

/** Why the tests with PostgreSQL cannot run here. */
export function withoutPostgreSql(): string | undefined {
  return postgreSqlPrograms() === undefined ? 'needs postgresql (as root on Debian, npm test installs it)' : undefined;
}

/** As root it runs as the user that Debian's package makes: PostgreSQL refuses root. */
export async function startPostgreSql(): Promise<TestServer> {
  const programs = postgreSqlPrograms() ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'postgresql-'));
  const data = join(folder, 'data');
  const root = process.getuid?.() === 0;
  const asUser = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env'];
  if (root) chownSync(folder, idOf('-u'), idOf('-g'));
  const [program = '', ...before] = asUser;
  const made = spawnSync(
    program,
    [...before, join(programs, 'initdb'), '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const server = spawn(
    program,
    [...before, join(programs, 'postgres'), '-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'],
    { cwd: folder, stdio: 'ignore' },
  );
  return started(server, folder, join(folder, '.s.PGSQL.5432'), 'SIGTERM');
}

function idOf(option: '-u' | '-g'): number {
  return Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout);
}

async function started(
  server: ChildProcess,
  folder: string,
  socket: string,
  ending: NodeJS.Signals,
): Promise<TestServer> {
  const ended = once(server, 'exit');
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode} before it listened.`);
    await sleep(20);
  }
  return {
    folder,
    socket,
    async stop() {
      server.kill(ending);
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
