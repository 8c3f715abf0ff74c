import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { scratchFile } from '../harness/scratch-file.ts';
import type { Application, ApplicationOptions, Batch, Outcome } from './application.ts';
import { AspNetCoreProcess, hasSdk, publish } from './aspnetcore.ts';
import { keyIdOf } from './key-id.ts';
import { LineProcess } from './line-process.ts';
import { startNode } from './sides.ts';
import type { NodeQuestion } from './node-program.ts';

type Peer = Pick<Application, 'protect' | 'unprotect'>;

const program = fileURLToPath(new URL('node-program.ts', import.meta.url));
const purposes = ['processes'];

/** A Node.js process with one application, to be started once. */
class NodeProcess implements Peer {
  readonly #process: LineProcess;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#process = new LineProcess(process.execPath, [program], environment);
  }

  async start(options: ApplicationOptions): Promise<Peer> {
    await this.#ask({ start: options });
    return this;
  }

  async protect(batch: Batch): Promise<string[]> {
    return (await this.#ask<{ items: string[] }>({ protect: batch })).items;
  }

  async unprotect(batch: Batch): Promise<Outcome[]> {
    return (await this.#ask<{ outcomes: Outcome[] }>({ unprotect: batch })).outcomes;
  }

  end(): Promise<void> {
    return this.#process.end();
  }

  #ask<T extends object>(question: NodeQuestion): Promise<T> {
    return this.#process.ask<T>(question);
  }
}

describe.skipIf(!hasSdk)('two processes of each kind on one empty directory', () => {
  const aspNetCores: AspNetCoreProcess[] = [];
  const nodes: NodeProcess[] = [];
  beforeAll(() => {
    publish();
    aspNetCores.push(new AspNetCoreProcess(), new AspNetCoreProcess());
    nodes.push(new NodeProcess(), new NodeProcess());
  }, 240_000);
  afterAll(() => Promise.all([...aspNetCores, ...nodes].map((process) => process.end())));

  it.each([1, 2, 3, 4, 5])('D-35 make their first key at once; all read what each protected (round %i)', async () => {
    const shared = { directory: scratchFile('keys'), applicationName: 'processes' };
    const held = await Promise.all(aspNetCores.map((process) => process.hold(shared)));
    const ready = await Promise.all(nodes.map((process) => process.start(shared)));
    const texts = ['one', 'two', 'three', 'four'];
    const protect = async (peer: Peer, text = ''): Promise<string> =>
      (await peer.protect({ purposes, text: true, items: [text] })).join('');

    // Keys are loaded by the start of the one, and by the first use of the other.
    const starts: Promise<Peer>[] = [...held.map((start) => start()), ...ready.map((peer) => Promise.resolve(peer))];
    const items = await Promise.all(starts.map(async (start, index) => protect(await start, texts[index])));

    const peers = await Promise.all(starts);
    const batch = { purposes, text: true, items };
    for (const peer of peers) expect((await peer.unprotect(batch)).map(({ value }) => value)).toEqual(texts);
    // Whoever starts later agrees with the others on one default key.
    const late = [...(await Promise.all(aspNetCores.map((process) => process.start(shared)))), await startNode(shared)];
    const defaults = await Promise.all(late.map(async (peer) => keyIdOf([await protect(peer)])));
    expect(new Set(defaults).size).toBe(1);
  });
});

describe.skipIf(!hasSdk)('applications without a name', () => {
  let aspNetCore: AspNetCoreProcess;
  beforeAll(() => {
    publish();
    aspNetCore = new AspNetCoreProcess();
  }, 240_000);
  afterAll(() => aspNetCore.end());

  it.each([[''], ['/']])(
    'D-49 read each other where they have one content root, given with %j behind it',
    async (end) => {
      const directory = scratchFile('keys');
      const contentRoot = scratchFile('');
      const dotnet = await aspNetCore.start({ directory, contentRoot: contentRoot.replace(/\/$/, '') + end });
      expect((await dotnet.facts()).applicationDiscriminator).toBe(`${contentRoot.replace(/\/$/, '')}/`);
      const process = new NodeProcess({ ASPNETCORE_IIS_PHYSICAL_PATH: contentRoot.replace(/\/$/, '') });
      try {
        const node = await process.start({ directory });
        for (const [from, to] of [[dotnet, node] as const, [node, dotnet] as const]) {
          const items = await from.protect({ purposes, text: true, items: ['some text'] });
          expect(await to.unprotect({ purposes, text: true, items })).toMatchObject([{ value: 'some text' }]);
        }
      } finally {
        await process.end();
      }
    },
  );
});

describe.skipIf(!hasSdk)('applications that say nothing of where keys are', () => {
  beforeAll(publish, 240_000);

  /** Asks one process of each kind, which ends with that; what they answer, ASP.NET Core's first. */
  async function askBoth<T>(environment: Record<string, string>, ask: (peer: Peer) => Promise<T>): Promise<T[]> {
    const processes = [new AspNetCoreProcess(environment), new NodeProcess(environment)];
    try {
      const answers: T[] = [];
      for (const process of processes) answers.push(await ask(await process.start({ applicationName: 'places' })));
      return answers;
    } finally {
      await Promise.all(processes.map((process) => process.end()));
    }
  }

  it.each([
    ['HOME', { HOME: 'home' }, 'home/.aspnet/DataProtection-Keys'],
    [
      'LOCALAPPDATA',
      { HOME: 'home', LOCALAPPDATA: 'local', USERPROFILE: 'profile' },
      'local/ASP.NET/DataProtection-Keys',
    ],
    ['an instance of Azure', { HOME: 'home', WEBSITE_INSTANCE_ID: '1' }, 'home/ASP.NET/DataProtection-Keys'],
    [
      'HOME, whatever other systems go by',
      { HOME: 'home', USERPROFILE: 'profile', XDG_DATA_HOME: 'data' },
      'home/.aspnet/DataProtection-Keys',
    ],
  ])('D-63 find the same directory by %s', async (_, variables, place) => {
    const base = scratchFile('');
    const paths = Object.entries(variables).map(([name, value]) => {
      if (name.startsWith('WEBSITE')) return [name, value];
      mkdirSync(join(base, value));
      return [name, join(base, value)];
    });
    const batch = { purposes, text: true, items: ['some text'] };
    const ids = await askBoth(Object.fromEntries(paths), async (peer) => keyIdOf(await peer.protect(batch)));
    expect(readdirSync(join(base, place))).toEqual([`key-${ids[0]}.xml`]);
    expect(ids[1]).toBe(ids[0]);
  });

  it('D-63 only read where the environment says so', async () => {
    const directory = scratchFile('keys');
    mkdirSync(directory);
    const environment = { ASPNETCORE_ReadOnlyDataProtectionKeyDirectory: directory };
    const batch = { purposes, text: true, items: ['some text'] };
    const protect = (peer: Peer): Promise<string | undefined> => peer.protect(batch).then(keyIdOf, () => undefined);
    expect(await askBoth(environment, protect)).toEqual([undefined, undefined]);
    expect(readdirSync(directory)).toEqual([]);

    const { id } = await (await startNode({ directory, autoGenerateKeys: false })).createKey();
    expect(await askBoth(environment, protect)).toEqual([id, id]);
    expect(readdirSync(directory)).toEqual([`key-${id}.xml`]);
  });
});
