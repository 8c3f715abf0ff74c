/**
 * `npm start`: the sample sites on the built host, in the foreground.
 *
 *   1. see which samples can run here; publish the ASP.NET Core one
 *   2. choose ports: those of the file, or the next free ones
 *   3. write the configuration that is meant, below .poolhouse/samples
 *   4. start the host and wait until every site answers
 *   5. print where the sites are; Ctrl+C stops all
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { effectiveConfiguration } from './sample-configuration.ts';
import { samples, type Sample } from './sample-sites.ts';
import { repository, runStep } from './step.ts';

const command = join(repository, 'packages/host/dist/cli/main.js');
const files = join(repository, '.poolhouse/samples');
const answerWithinMs = 60_000;

/** A sample with its port, or the reason why it has none. */
type Prepared = Sample & ({ readonly port: number } | { readonly port: undefined; readonly missing: string });

process.exitCode = await main();

async function main(): Promise<number> {
  if (!existsSync(command)) {
    console.error('The host is not built: run `npm run build` first.');
    return 1;
  }
  await warnOfOldNode();
  const prepared = await prepare();
  for (const sample of prepared)
    if (sample.port === undefined) console.log(`${sample.site}: left out, ${sample.missing}`);

  const configuration = join(files, 'applicationHost.config');
  const written = await readFile(join(repository, 'samples/applicationHost.config'), 'utf8');
  await mkdir(files, { recursive: true });
  await writeFile(configuration, effectiveConfiguration(written, prepared));

  const host = startHost(configuration);
  const exited = once(host, 'exit').then(([code, signal]) => (signal === null ? Number(code) : 1));
  const ended = new AbortController();
  void exited.then(() => ended.abort());
  const answers = await Promise.race([waitForSites(prepared, ended.signal), exited]);
  if (typeof answers === 'number') return answers;
  printTable(prepared, answers);
  return exited;
}

/** The applications run on the `node` that the host finds, not on the one that runs this script. */
async function warnOfOldNode(): Promise<void> {
  const { ok, output } = await runStep({ name: 'node', program: 'node', arguments: ['--version'] });
  const major = ok ? Number(/^v(\d+)\./.exec(output)?.[1]) : 0;
  if (major >= 20) return;
  const found = ok ? `is ${output.trim()}` : 'was not found';
  console.warn(`Warning: the Node.js samples need Node.js 20 or later; the node on PATH ${found}.`);
}

async function prepare(): Promise<Prepared[]> {
  const taken = new Set<number>();
  const prepared: Prepared[] = [];
  for (const sample of samples) {
    const missing = await whatIsMissing(sample);
    prepared.push(
      missing === undefined
        ? { ...sample, port: await choosePort(sample.defaultPort, taken) }
        : { ...sample, port: undefined, missing },
    );
  }
  return prepared;
}

async function whatIsMissing({ needs }: Sample): Promise<string | undefined> {
  switch (needs) {
    case undefined:
      return undefined;
    case 'python3': {
      const { ok } = await runStep({ name: 'python3', program: 'python3', arguments: ['--version'] });
      return ok ? undefined : 'python3 is not installed';
    }
    case 'dotnet':
      return publishAspNetCore();
  }
}

/** Publishes when a source is newer than what was published; that takes some seconds. */
async function publishAspNetCore(): Promise<string | undefined> {
  const environment = { DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' };
  const sdk = await runStep({ name: 'dotnet', program: 'dotnet', arguments: ['--version'], environment });
  if (!sdk.ok || Number.parseInt(sdk.output) < 10) return 'the .NET SDK 10 is not installed';

  const folder = join(repository, 'samples/aspnetcore');
  const changed = async (name: string) => (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0;
  const published = await changed('publish/PoolhouseSample.dll');
  const sources = await Promise.all(['Program.cs', 'PoolhouseSample.csproj'].map(changed));
  if (Math.max(...sources) < published) return undefined;

  console.log('Publishing the ASP.NET Core sample …');
  const publish = await runStep({
    name: 'dotnet publish',
    program: 'dotnet',
    arguments: ['publish', folder, '-c', 'Release', '-o', join(folder, 'publish')],
    environment,
  });
  return publish.ok ? undefined : `dotnet publish failed:\n${publish.output}`;
}

/** The first free port from the default on, outside the defaults of other samples. */
async function choosePort(defaultPort: number, taken: Set<number>): Promise<number> {
  const reserved = new Set(samples.map((sample) => sample.defaultPort));
  for (let port = defaultPort; port < 65_536; port += 1) {
    if (taken.has(port) || (port !== defaultPort && reserved.has(port)) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
  throw new Error(`no free port from ${defaultPort} on`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** In a process group of its own: Ctrl+C reaches it once, from here, and not from the terminal as well. */
function startHost(configuration: string): ChildProcess {
  const folders = ['state', 'run', 'log'].flatMap((name) => [`--${name}`, join(files, name)]);
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const host = spawn(process.execPath, [command, 'start', '--config', configuration, ...folders, ...asRoot], {
    cwd: repository,
    env: { ...process.env, POOLHOUSE_SAMPLES: join(repository, 'samples') },
    stdio: 'inherit',
    detached: true,
  });
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!asked) host.kill('SIGTERM');
      asked = true;
    });
  }
  return host;
}

/** Status of the first answer of each site, 0 for none in time; a site that starts answers when it has started. */
async function waitForSites(prepared: readonly Prepared[], ended: AbortSignal): Promise<Map<string, number>> {
  const until = AbortSignal.any([ended, AbortSignal.timeout(answerWithinMs)]);
  const ask = async (port: number): Promise<number> => {
    while (!until.aborted) {
      try {
        return (await fetch(`http://127.0.0.1:${port}/`, { signal: until })).status;
      } catch {
        await delay(100);
      }
    }
    return 0;
  };
  const entries = prepared.map(async ({ site, port }) => [site, port === undefined ? 0 : await ask(port)] as const);
  return new Map(await Promise.all(entries));
}

function printTable(prepared: readonly Prepared[], answers: ReadonlyMap<string, number>): void {
  const width = Math.max(...samples.map(({ site }) => site.length));
  const rows = prepared.flatMap(({ site, port, shows }) => {
    if (port === undefined) return [];
    const status = answers.get(site);
    const note = status === 200 ? shows : status === 0 ? 'does not answer; see the lines above' : `answers ${status}`;
    return [`  ${site.padEnd(width)}  http://127.0.0.1:${port}/  ${note}`];
  });
  console.log(`\n${rows.join('\n')}\n\nExpress, Fastify and ASP.NET Core also answer GET /events and POST /echo.`);
  console.log('samples/README.md says what to try. Ctrl+C stops all.\n');
}
