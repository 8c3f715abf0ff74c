import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configFile, loadGood, server, site } from '../testing/load.ts';
import { MemoryFiles, type MemoryTree } from '../testing/memory-files.ts';
import type { CompiledSite, ContentReader, ContentRequest } from './content-reader.ts';
import { processReader, type ReaderLink } from './process-reader.ts';
import { parseReaderMessage, type FromReader, type ToReader } from './reader-messages.ts';
import { serveReader } from './serve-reader.ts';

const host = { environment: {}, processors: 4, version: '1.0.0' };
const origin = { file: '/a', line: 1, column: 1 };
const sites: ContentRequest['sites'] = [
  {
    ...{ id: 1, name: 's', serverAutoStart: true, connectionTimeoutMs: 1, maxConnections: 1, maxUrlSegments: 32 },
    applications: [
      {
        ...{ id: 's/', path: '/', pool: 'p', preloadEnabled: false, readsContent: true, origin },
        virtualDirectories: [{ path: '/', physicalPath: '/srv', allowSubDirConfig: true, origin }],
      },
    ],
  },
];
const request: ContentRequest = {
  server: {
    file: configFile,
    root: { kind: 'element', name: 'configuration', line: 1, column: 1, attributes: [], children: [] },
  },
  ...{ serverIncludes: [], sites, variables: {}, pathMappings: [], pathCase: 'fallback' },
};

/** A reader process without a process: what passes is JSON both ways, as over the channel. */
function linkTo(
  receive: (message: ToReader, answer: (message: unknown) => void, exit: (code: number) => void) => void,
): ReaderLink & { killed: boolean } {
  let listener: (message: unknown) => void = () => {};
  let ended: (exit: { code: number | null; signal: null }) => void = () => {};
  return {
    killed: false,
    send(message) {
      const copy = JSON.parse(JSON.stringify(message)) as ToReader;
      const answer = (value: unknown): void => listener(JSON.parse(JSON.stringify(value)));
      queueMicrotask(() => receive(copy, answer, (code) => ended({ code, signal: null })));
    },
    onMessage: (next) => void (listener = next),
    onExit: (next) => void (ended = next),
    killTree() {
      this.killed = true;
    },
  };
}

const served = (tree: MemoryTree): ReaderLink & { killed: boolean } => {
  let serve: ((message: ToReader) => void) | undefined;
  return linkTo((message, answer) => (serve ??= serveReader(new MemoryFiles(tree), answer))(message));
};

const stamp = async (path: string): Promise<string> => `stamp of ${path}`;
/** Each reader that is started is the next of these. */
const readerOf = (...links: readonly ReaderLink[]): ContentReader => {
  const next = links.values();
  return processReader({ start: async () => next.next().value as ReaderLink, host, stamp });
};

describe('processReader', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('gives what a reader in this process gives', async () => {
    const tree = {
      [configFile]: server({ sites: site({ '/': '/srv', '/api': '/api' }), rest: '<location path="s/x"/>' }),
      '/srv/web.config':
        '<configuration><location path="deep"><system.webServer><defaultDocument enabled="false"/></system.webServer></location></configuration>',
      '/api/web.config': '<oops',
    };
    const inProcess = await loadGood(tree);
    const link = served(tree);
    const inOther = await loadGood(tree, undefined, readerOf(link));
    expect(inOther).toEqual(inProcess);
    expect(link.killed).toBe(true);
  });

  it('sends nothing of pools, sites and their secrets', async () => {
    const sent: string[] = [];
    const link = linkTo((message, _, exit) => {
      sent.push(JSON.stringify(message));
      if (message.type === 'site') exit(1);
    });
    const pools =
      '<add name="q"><processModel password="hunter2"/><environmentVariables><add name="A" value="hunter3"/></environmentVariables></add>';
    const tree = { [configFile]: server({ pools, sites: site({ '/': '/srv' }) }) };
    await expect(loadGood(tree, undefined, readerOf(link))).rejects.toThrow(
      'The content of the sites could not be read: the content reader ended (1) before it had answered.',
    );
    expect(sent.join('')).not.toMatch(/hunter|applicationPools/);
  });

  it.each<[string, (answer: (message: unknown) => void) => void, string]>([
    [
      'an answer of another shape',
      (answer) => answer({ type: 'compiled', index: 0, site: {} }),
      'gave an answer that is none',
    ],
    [
      'an answer for no site',
      (answer) => answer({ type: 'compiled', index: 7, site: {} }),
      'gave an answer that is none',
    ],
    ['a failure', (answer) => answer({ type: 'failed', index: 0, message: 'TypeError: x' }), 'failed: TypeError: x'],
    ['silence', () => vi.advanceTimersByTime(30_000), 'did not answer for 30 seconds'],
  ])('ends with %s', async (_, act, message) => {
    const link = linkTo((sent, answer) => sent.type === 'site' && act(answer));
    await expect(readerOf(link).read(request)).rejects.toThrow(message);
    expect(link.killed).toBe(true);
  });

  const three = ['/a', '/b', '/c'].map((folder, index) =>
    site({ '/': folder })
      .replace('name="s" id="1"', `name="s${index}" id="${index + 1}"`)
      .replace('*:80:', `*:${index + 80}:`),
  );
  const content = { '/a/x': '', '/b/x': '', '/c/web.config': '<configuration/>' };
  const threeSites = { [configFile]: server({ sites: three.join('') }), ...content };
  /** Serves all sites but those with these ids, for which it does something else when it comes to them. */
  const servedBut = (ids: readonly number[], act: Parameters<typeof linkTo>[0]): ReaderLink => {
    let serve: ((message: ToReader) => void) | undefined;
    let before: Promise<unknown> = Promise.resolve();
    const answered: (() => void)[] = [];
    return linkTo((message, answer, exit) => {
      serve ??= serveReader(new MemoryFiles(threeSites), (answers) => {
        answer(answers);
        answered.shift()?.();
      });
      if (message.type === 'site' && ids.includes(message.site.id)) {
        void before.then(() => act(message, answer, exit));
        return;
      }
      if (message.type === 'site') before = new Promise<void>((resolve) => answered.push(resolve));
      serve(message);
    });
  };

  it.each<[string, Parameters<typeof linkTo>[0], string]>([
    ['ends', (_message, _answer, exit) => setImmediate(exit, 134), 'ended (134) before it had answered'],
    ['falls silent', () => vi.advanceTimersByTime(30_000), 'did not answer for 30 seconds'],
    [
      'talks nonsense',
      (_message, answer) => answer({ type: 'compiled', index: 1, site: 7 }),
      'gave an answer that is none',
    ],
    [
      'answers twice',
      (_message, answer) => answer({ type: 'failed', index: 0, message: 'x' }),
      'gave an answer that is none',
    ],
    ['fails', (_message, answer) => answer({ type: 'failed', index: 1, message: 'oops' }), 'failed: oops'],
  ])('lets only the site fail at which a reader %s', async (_, act, reason) => {
    const links = [servedBut([2], act), servedBut([2], act)];
    const revision = await loadGood(threeSites, undefined, readerOf(...links));
    const broken = revision.plan.sites.map(({ applications }) => applications[0]?.scopes[0]?.broken?.detail);
    expect(broken).toEqual([
      undefined,
      `The content of site "s1" could not be read: the content reader ${reason}.`,
      undefined,
    ]);
    expect(revision.files).toContainEqual({
      ...{ path: '/b/web.config', role: 'content', level: 's1', stamp: 'stamp of /b/web.config' },
    });
    expect(revision.diagnostics).toContainEqual(expect.objectContaining({ severity: 'error', message: broken[1] }));
  });

  it('gives up on the sites that are left when reader after reader fails', async () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      site({ '/': '/a' })
        .replace('name="s" id="1"', `name="s${index}" id="${index + 1}"`)
        .replace('*:80:', `*:${index + 80}:`),
    );
    let started = 0;
    const reader = processReader({
      start: async () => {
        started += 1;
        return servedBut(
          [...Array(19).keys()].map((id) => id + 2),
          (_message, _answer, exit) => setImmediate(exit, 1),
        );
      },
      ...{ host, stamp },
    });
    const revision = await loadGood({ [configFile]: server({ sites: many.join('') }) }, undefined, reader);
    expect(started).toBe(8);
    expect(revision.plan.sites.filter(({ applications }) => applications[0]?.scopes[0]?.broken)).toHaveLength(19);
  });
});

describe('parseReaderMessage', () => {
  const compiled: CompiledSite = {
    id: 1,
    applications: [
      {
        ...{
          id: 's/',
          authenticationSchemes: ['anonymous'],
          webSocketsEnabled: true,
          offlinePage: '/srv/app_offline.htm',
        },
        hosting: {
          ...{
            processPath: 'node',
            arguments: '',
            hostingModel: 'inprocess',
            stdoutLogFile: '',
            stdoutLogEnabled: false,
          },
          ...{
            startupTimeLimitSeconds: 1,
            shutdownTimeLimitSeconds: 1,
            rapidFailsPerMinute: 1,
            requestTimeoutSeconds: 1,
          },
          ...{ processesPerApplication: 1, disableStartUpErrorPage: false, environmentVariables: [['A', 'b']] },
          ...{ handlerSettings: { a: 'b' }, origin },
        },
        scopes: [
          { path: '/x', modules: [], broken: { status: 500, subStatus: 19, title: 't', detail: 'd', page: true } },
          { path: '/', modules: [{ id: 'handlers', settings: 0 }] },
        ],
      },
    ],
    settings: [{}],
    diagnostics: [{ severity: 'error', ...origin, message: 'm' }],
    ignored: [{ section: 'a', origin }],
    files: [{ path: '/srv/web.config', role: 'content', level: 's', stamp: '1' }],
  };
  const message: FromReader = { type: 'compiled', index: 0, site: compiled };

  it('takes what has the right shape', () => {
    expect(parseReaderMessage(message, sites)).toBe(message);
  });

  it('takes nothing in which any value has another type', () => {
    const places: (readonly (string | number)[])[] = [];
    const visit = (value: unknown, path: readonly (string | number)[]): void => {
      if (path.length > 0 && path[0] !== 'index' && !isFree(path)) places.push(path);
      if (typeof value !== 'object' || value === null) return;
      for (const [key, child] of Object.entries(value))
        visit(child, [...path, Array.isArray(value) ? Number(key) : key]);
    };
    visit(message, []);
    fc.assert(
      fc.property(fc.constantFrom(...places), (path) => {
        const copy = structuredClone(message) as unknown as Record<string | number, unknown>;
        const parent = path.slice(0, -1).reduce((value, key) => value[key] as Record<string | number, unknown>, copy);
        const last = path.at(-1) as string | number;
        parent[last] = typeof parent[last] === 'string' ? 7 : 'text';
        expect(parseReaderMessage(copy, sites), path.join('/')).toBeUndefined();
      }),
      { numRuns: places.length * 3 },
    );
  });

  /** Settings of modules are whatever their modules make of them. */
  function isFree(path: readonly (string | number)[]): boolean {
    return path[0] === 'site' && path[1] === 'settings' && path.length === 3;
  }

  it.each([
    ['another site', { id: 2 }],
    ['settings that are not there', { settings: [] }],
    ['an application that was not asked for', { applications: [{ ...compiled.applications[0], id: 'other/' }] }],
    ['no scope', { applications: [{ ...compiled.applications[0], scopes: [] }] }],
    ['a relative offline page', { applications: [{ ...compiled.applications[0], offlinePage: 'x' }] }],
    ['a file of the server', { files: [{ path: '/etc/x', role: 'server', level: '', stamp: '1' }] }],
  ])('takes no answer with %s', (_, difference) => {
    expect(parseReaderMessage({ ...message, site: { ...compiled, ...difference } }, sites)).toBeUndefined();
  });
});
