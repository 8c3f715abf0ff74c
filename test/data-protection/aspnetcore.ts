import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll } from 'vitest';

import type { Application, ApplicationOptions, Batch, KeyFacts, Outcome } from './application.ts';
import { LineProcess } from './line-process.ts';

const sdk = spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout ?? '';
/** Tests are skipped where there is no .NET SDK 10 to build the application with. */
export const hasSdk = Number(sdk.split('.')[0]) >= 10;

const project = fileURLToPath(new URL('../fixtures/data-protection/aspnetcore/', import.meta.url));
const program = join(project, 'bin/published/data-protection.dll');

/** See `PeerOptions.cs`. */
export interface AspNetCoreOptions extends ApplicationOptions {
  readonly contentRoot?: string;
  /** Where a server is, in the words of StackExchange.Redis, and of Npgsql. */
  readonly redis?: string;
  readonly postgresql?: string;
  readonly createTable?: boolean;
}

/** A real ASP.NET Core application, asked over HTTP. */
export class AspNetCoreApplication implements Application {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  protect(batch: Batch): Promise<string[]> {
    return this.#ask('/protect', batch);
  }

  unprotect(batch: Batch): Promise<Outcome[]> {
    return this.#ask('/unprotect', batch);
  }

  protectForTime(batch: Batch): Promise<string[]> {
    return this.#ask('/time-limited/protect', batch);
  }

  unprotectForTime(batch: Batch): Promise<Outcome[]> {
    return this.#ask('/time-limited/unprotect', batch);
  }

  dangerousUnprotect(batch: Batch): Promise<Outcome[]> {
    return this.#ask('/dangerous-unprotect', batch);
  }

  async keys(): Promise<KeyFacts[]> {
    return (await this.#ask<KeyText[]>('/keys')).map(keyOf);
  }

  async createKey(dates: { readonly activation?: Date; readonly expiration?: Date } = {}): Promise<KeyFacts> {
    return keyOf(await this.#ask('/keys', dates));
  }

  async revokeKey(id: string): Promise<void> {
    await this.#ask(`/keys/${id}/revoke`, {});
  }

  async revokeKeys(before: bigint): Promise<void> {
    await this.#ask(`/keys/revoke?ticks=${before}`, {});
  }

  facts(): Promise<{ contentRootPath: string; applicationDiscriminator: string; antiforgeryCookie: string }> {
    return this.#ask('/facts');
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.#url + path, { redirect: 'manual', ...init });
  }

  /** A POST with a body of JSON. */
  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    const json = { 'content-type': 'application/json', ...headers };
    return this.request(path, { method: 'POST', body: JSON.stringify(body), headers: json });
  }

  /** A POST with a body, a GET without; what it answers. */
  async #ask<T>(path: string, body?: object): Promise<T> {
    const response = await (body === undefined ? this.request(path) : this.post(path, body));
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** JSON's numbers are too short for ticks. */
type KeyText = { readonly [N in keyof KeyFacts]: KeyFacts[N] extends bigint ? string : KeyFacts[N] };

function keyOf({ created, activates, expires, ...rest }: KeyText): KeyFacts {
  return { ...rest, created: BigInt(created), activates: BigInt(activates), expires: BigInt(expires) };
}

/** A process that runs any number of applications. */
export class AspNetCoreProcess {
  readonly #process: LineProcess;

  /** @param environment beside that of this process */
  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#process = new LineProcess('dotnet', [program], environment);
  }

  async start(options: AspNetCoreOptions): Promise<AspNetCoreApplication> {
    const { url } = await this.#process.ask<{ url: string }>(options);
    return new AspNetCoreApplication(url);
  }

  /** Prepares it; what is returned starts it, and so loads its keys. */
  async hold(options: AspNetCoreOptions): Promise<() => Promise<AspNetCoreApplication>> {
    await this.#process.ask({ ...options, hold: true });
    return async () => new AspNetCoreApplication((await this.#process.ask<{ url: string }>({})).url);
  }

  end(): Promise<void> {
    return this.#process.end();
  }
}

/** One process for all tests of a `describe`, built first where that has not been done. */
export function sharedAspNetCore(): { start(options: AspNetCoreOptions): Promise<AspNetCoreApplication> } {
  let peer: AspNetCoreProcess | undefined;
  beforeAll(() => {
    publish();
    peer = new AspNetCoreProcess();
  }, 240_000);
  afterAll(() => peer?.end());
  return {
    start(options) {
      if (peer === undefined) throw new Error('the process is not started yet');
      return peer.start(options);
    },
  };
}

/** Publishes the application unless that was done after its last change. */
export function publish(): void {
  const sources = readdirSync(project).filter((name) => /\.(cs|csproj)$/.test(name));
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.every((name) => statSync(join(project, name)).mtimeMs < built)) return;
  const options = ['-c', 'Release', '-o', join(project, 'bin/published'), '--nologo', '-v', 'quiet'];
  const { status, stdout, stderr } = spawnSync('dotnet', ['publish', project, ...options], {
    encoding: 'utf8',
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
  });
  if (status !== 0) throw new Error(`dotnet publish failed:\n${stdout}${stderr}`);
}
