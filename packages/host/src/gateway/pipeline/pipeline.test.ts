import type { Plan, SitePlan } from '@poolhouse/contract';
import { describe, expect, it } from 'vitest';
import type { Answer, Exchange } from './exchange.ts';
import type { GatewayModule, Outcome } from './module.ts';
import { Pipeline } from './pipeline.ts';

type Handle = (exchange: Exchange) => Outcome | Promise<Outcome>;

/** A pipeline over modules named by their behaviour, and what happened in it. */
function pipelineOf(handles: Readonly<Record<string, Handle>>) {
  const created: string[] = [];
  const failures: unknown[] = [];
  const unusable: string[] = [];
  const modules: GatewayModule[] = Object.entries(handles).map(([id, handle]) => ({
    id,
    create: (settings) => {
      created.push(`${id} ${JSON.stringify(settings)}`);
      return { handle };
    },
  }));
  const pipeline = new Pipeline({
    modules,
    services: {} as never,
    answers: {
      status: (status, subStatus) => ({ status, subStatus }),
      failure: ({ status, subStatus }) => ({ status, subStatus }),
    },
    failed: (_, error) => failures.push(error),
    unusable: ({ name }, module, error) => unusable.push(`${name} ${module}: ${(error as Error).message}`),
  });
  return { pipeline, created, failures, unusable };
}

function siteOf(...scopes: readonly (readonly [id: string, settings: number])[][]): SitePlan {
  const scopePlans = scopes.map((modules, index) => ({
    path: `/${index}`,
    modules: modules.map(([id, settings]) => ({ id, settings })),
  }));
  return {
    id: 1,
    name: 's',
    bindings: [],
    connectionTimeoutMs: 1,
    maxConnections: 1,
    settings: [{ a: 1 }, { b: 2 }],
    applications: [{ id: 's/', path: '/', pool: 'p', virtualDirectories: [], scopes: scopePlans }],
  };
}

const planOf = (...sites: SitePlan[]): Plan => ({ sites, pools: [], limits: {} as Plan['limits'] });

function exchangeOf(site: SitePlan, scope = 0) {
  const answers: Answer[] = [];
  const exchange = {
    route: { site, application: site.applications[0], scope: site.applications[0]?.scopes[scope] },
    aborted: false,
    send: (answer: Answer) => answers.push(answer),
  };
  return { exchange: exchange as unknown as Exchange, answers };
}

describe('Pipeline', () => {
  it('makes one instance of equal settings, and keeps it while the site stays', () => {
    const { pipeline, created } = pipelineOf({ m: () => 'done', n: () => 'done' });
    const site = siteOf(
      [['m', 0]],
      [
        ['m', 0],
        ['n', 0],
      ],
      [['m', 1]],
    );
    pipeline.compile(planOf(site));
    pipeline.compile(planOf(site, { ...siteOf([['n', 1]]), id: 2 }));
    expect(created).toEqual(['m {"a":1}', 'n {"a":1}', 'm {"b":2}', 'n {"b":2}']);
  });

  it('breaks the scopes whose module does not exist or refuses its settings, and no others', () => {
    const { pipeline, unusable } = pipelineOf({ m: () => 'next' });
    const site = siteOf([['missing', 0]], [['m', 0]]);
    pipeline.compile(planOf(site));
    const [broken, sound] = [exchangeOf(site, 0), exchangeOf(site, 1)];
    pipeline.run(broken.exchange);
    pipeline.run(sound.exchange);
    expect([broken.answers, sound.answers]).toEqual([
      [{ status: 500, subStatus: 21 }],
      [{ status: 404, subStatus: 4 }],
    ]);
    expect(unusable).toEqual(['s missing: it is not installed']);
  });

  it('runs modules in order until one answers', () => {
    const ran: string[] = [];
    const { pipeline } = pipelineOf({
      a: () => (ran.push('a'), 'next'),
      b: () => (ran.push('b'), 'done'),
      c: () => (ran.push('c'), 'done'),
    });
    const site = siteOf([
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ]);
    pipeline.compile(planOf(site));
    pipeline.run(exchangeOf(site).exchange);
    expect(ran).toEqual(['a', 'b']);
  });

  it('goes on after a promise, and stops when the client has left meanwhile', async () => {
    const ran: string[] = [];
    const waiting = Promise.withResolvers<Outcome>();
    const { pipeline } = pipelineOf({ a: () => waiting.promise, b: () => (ran.push('b'), 'done') });
    const site = siteOf([
      ['a', 0],
      ['b', 0],
    ]);
    pipeline.compile(planOf(site));
    pipeline.run(exchangeOf(site).exchange);
    const left = exchangeOf(site);
    pipeline.run(left.exchange);
    Object.assign(left.exchange, { aborted: true });
    waiting.resolve('next');
    await waiting.promise;
    await Promise.resolve();
    expect(ran).toEqual(['b']);
  });

  it('answers 404.4 when no module does, and the failure of a broken scope', () => {
    const { pipeline } = pipelineOf({ a: () => 'next' });
    const site = siteOf([['a', 0]], [['a', 0]]);
    Object.assign(site.applications[0]?.scopes[1] ?? {}, {
      broken: { status: 500, subStatus: 19, title: 'x', page: true },
    });
    pipeline.compile(planOf(site));
    const [plain, broken] = [exchangeOf(site, 0), exchangeOf(site, 1)];
    pipeline.run(plain.exchange);
    pipeline.run(broken.exchange);
    expect([plain.answers, broken.answers]).toEqual([
      [{ status: 404, subStatus: 4 }],
      [{ status: 500, subStatus: 19 }],
    ]);
  });

  it('reports a module that throws or rejects', async () => {
    const { pipeline, failures } = pipelineOf({
      a: () => {
        throw new Error('thrown');
      },
      b: () => Promise.reject(new Error('rejected')),
    });
    const site = siteOf([['a', 0]], [['b', 0]]);
    pipeline.compile(planOf(site));
    pipeline.run(exchangeOf(site, 0).exchange);
    pipeline.run(exchangeOf(site, 1).exchange);
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures).toEqual([new Error('thrown'), new Error('rejected')]);
  });
});
