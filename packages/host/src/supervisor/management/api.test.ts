import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdminServer } from './admin-server.ts';
import { startAdminServer } from './admin-server.ts';
import { OperationRefused, type PoolSnapshot, type StatusSnapshot } from './operations.ts';
import type { ProblemBody } from './problems.ts';
import { createFakeSupervisor, samplePool, sampleStatus } from './testing/fake-supervisor.ts';
import type { FakeSupervisor } from './testing/fake-supervisor.ts';

let folder: string;
let server: AdminServer;
let supervisor: FakeSupervisor;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-api-'));
  supervisor = createFakeSupervisor();
  server = await startAdminServer(folder, supervisor);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Call {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

interface Answered<Body> {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the answer is not JSON. */
  readonly json: Body | undefined;
}

/** `Body`: what a success answers with, or the problem that is expected instead. */
function call<Body = ProblemBody>(method: string, path: string, { headers = {}, body }: Call = {}) {
  return new Promise<Answered<Body>>((resolve, reject) => {
    const outgoing = request({ socketPath: server.path, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const isJson = /^application\/(problem\+)?json$/.test(response.headers['content-type'] ?? '');
        const { statusCode: status, headers } = response;
        resolve({ status, headers, text, json: isJson ? (JSON.parse(text) as Body) : undefined });
      });
    });
    outgoing.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };

describe('GET /api', () => {
  it('tells versions and role', async () => {
    expect((await call('GET', '/api')).json).toEqual({ versions: ['v1'], role: 'admin', version: '1.2.3' });
  });
});

describe('GET /api/v1/status', () => {
  it('answers the snapshot, never cached', async () => {
    const { status, json: body, headers } = await call<StatusSnapshot>('GET', '/api/v1/status');
    expect(status).toBe(200);
    expect(body).toEqual(sampleStatus());
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  });
});

describe('actions on a pool', () => {
  it.each([
    ['recycle', 200, 'recycle and wait for shop'],
    ['recycle?wait=true&timeout=5', 200, 'recycle and wait for shop'],
    ['recycle?wait=false', 202, 'recycle shop'],
    ['start', 200, 'start shop'],
    ['stop?timeout=1', 200, 'stop shop'],
  ])('POST …/shop/%s answers %i', async (action, status, expected) => {
    const answer = await call('POST', `/api/v1/pools/shop/${action}`);
    expect(answer).toMatchObject({ status, json: { name: 'shop' } });
    expect(supervisor.calls).toEqual([expected]);
  });

  it.each(['my shop', '~', 'a/b', '100%', `"'`, 'Geschäft', '..', '%2F', '?x=1'])(
    'G-55 reaches a pool named %j',
    async (name) => {
      supervisor.change({ pools: [samplePool(name)] });
      const path = `/api/v1/pools/${encodeURIComponent(name)}/start`;
      const { status, json: body } = await call<PoolSnapshot>('POST', path);
      expect([status, body?.name]).toEqual([200, name]);
    },
  );

  it('refuses in the words of the supervisor', async () => {
    supervisor.effect = () => Promise.reject(new OperationRefused('pool-stopped', 'Start it first.'));
    const { status, headers, json: body } = await call('POST', '/api/v1/pools/blog/recycle');
    expect(status).toBe(409);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toEqual({
      type: 'https://poolhouse.dev/problems/pool-stopped',
      title: 'The application pool is not started',
      status: 409,
      detail: 'Start it first.',
      instance: expect.stringMatching(/^urn:poolhouse:request:[0-9a-f]{12}$/),
      code: 'PH2001',
    });
  });

  it('does not wait longer than it is told to, and lets the effect go on', async () => {
    supervisor.effect = () => new Promise(() => {});
    const { status, json: body } = await call('POST', '/api/v1/pools/shop/recycle?timeout=0');
    expect(status).toBe(504);
    expect(body?.detail).toBe(
      "The recycle of pool shop was not complete after 0 s. It goes on; see the pool's status.",
    );
  });

  it('G-14 goes on when the client is gone', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const done = Promise.withResolvers<string>();
    supervisor.effect = async (_, pool) => {
      begun.resolve();
      await finish.promise;
      done.resolve('complete');
      return pool;
    };
    const outgoing = request({ socketPath: server.path, method: 'POST', path: '/api/v1/pools/shop/recycle' });
    const closed = new Promise((resolve) => outgoing.on('error', () => {}).on('close', resolve));
    outgoing.end();
    await begun.promise;
    outgoing.destroy();
    await closed;
    finish.resolve();
    expect(await done.promise).toBe('complete');
  });
});

describe('POST /api/v1/stop', () => {
  it('passes the reason on', async () => {
    const answer = await call('POST', '/api/v1/stop', { headers: json, body: '{"reason":"upgrade"}' });
    expect(answer).toMatchObject({ status: 202, json: { state: 'stopping' } });
    expect(supervisor.calls).toEqual(['stop: upgrade']);
  });
});

describe('G-54 a wrong request is a problem', () => {
  it.each<[string, string, Call, number, string, RegExp]>([
    ['GET', '/', {}, 404, 'not-found', /see GET \/api/],
    ['GET', '/api/v1', {}, 404, 'not-found', /no "\/api\/v1" here/],
    ['GET', '/api/v1/status/', {}, 404, 'not-found', /here/],
    ['GET', '/api/v1/pools//recycle', {}, 404, 'not-found', /here/],
    ['GET', 'http://x/api/v1/status', {}, 404, 'not-found', /here/],
    ['DELETE', '/api/v1/status', {}, 405, 'method-not-allowed', /takes GET, not DELETE/],
    ['GET', '/api/v1/pools/shop/recycle', {}, 405, 'method-not-allowed', /takes POST/],
    ['POST', '/api/v1/pools/shpo/recycle', {}, 404, 'not-found', /no pool "shpo"/],
    ['GET', '/api/v1/logs/shpo', {}, 404, 'not-found', /no pool "shpo"/],
    ['POST', '/api/v1/pools/%ff/recycle', {}, 400, 'malformed', /"%ff" is not percent-encoded UTF-8/],
    ['GET', '/api/v1/status?x=1', {}, 400, 'malformed', /no query parameter "x" here; known: none/],
    ['POST', '/api/v1/pools/shop/recycle?wait=1', {}, 400, 'malformed', /wait must be true or false/],
    ['POST', '/api/v1/pools/shop/recycle?wait=true&wait=false', {}, 400, 'malformed', /"wait" is given twice/],
    ['POST', '/api/v1/pools/shop/stop?timeout=-1', {}, 400, 'malformed', /timeout must be a whole number from 0 to/],
    ['GET', '/api/v1/logs/shop?tail=10001', {}, 400, 'malformed', /tail must be a whole number from 0 to 10000/],
    ['GET', '/api/v1/events?topics=Pool', {}, 400, 'malformed', /topics must be some of .*pool, .*worker/],
    ['GET', '/api/v1/events?topics=pool,', {}, 400, 'malformed', /topics must be/],
    ['POST', '/api/v1/stop', { body: '{}' }, 415, 'unsupported-media', /application\/json/],
    ['POST', '/api/v1/stop', { headers: json, body: '{' }, 400, 'malformed', /not valid JSON/],
    ['POST', '/api/v1/stop', { headers: json, body: '[]' }, 400, 'malformed', /must be a JSON object/],
    ['POST', '/api/v1/stop', { headers: json, body: '{"reason":1}' }, 400, 'malformed', /may only have "reason"/],
    ['POST', '/api/v1/stop', { headers: json, body: '{"why":""}' }, 400, 'malformed', /may only have "reason"/],
    [
      'POST',
      '/api/v1/pools/shop/start',
      { headers: json, body: '{"a":1}' },
      400,
      'malformed',
      /has "a"; this takes none/,
    ],
    ['POST', '/api/v1/stop', { headers: json, body: Buffer.alloc(70_000, 32) }, 413, 'too-large', /more than 65536/],
  ])('%s %s %j: %i', async (method, path, options, status, slug, detail) => {
    const answer = await call(method, path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ type: `https://poolhouse.dev/problems/${slug}`, status });
    expect(answer.json?.detail).toMatch(detail);
    expect(supervisor.calls.filter((each) => !each.endsWith('shpo'))).toEqual([]);
  });

  it('names the allowed methods', async () => {
    expect((await call('PUT', '/api/v1/stop')).headers['allow']).toBe('POST');
  });

  it('G-66 tells nothing of a fault of the supervisor but the number under which the event log has it', async () => {
    supervisor.effect = () => Promise.reject(new Error('secret detail'));
    const { status, text, json: body } = await call('POST', '/api/v1/pools/shop/start');
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
    const [event] = supervisor.events.since(0);
    expect(event?.event.fields).toEqual({
      operation: 'POST /api/v1/pools/shop/start',
      error: 'Error: secret detail',
      requestId: body?.instance.split(':').at(-1),
    });
  });
});

describe('G-67 GET requests', () => {
  it.each(['/api', '/api/v1/status', '/api/v1/logs/shop'])('%s changes nothing', async (path) => {
    await call('GET', path);
    expect(supervisor.calls).toEqual([]);
  });
});
