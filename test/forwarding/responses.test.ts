import { describe, expect, it } from 'vitest';

import { broken, garbage, overlong, unusual } from '../fixtures/apps/out-of-process/bytes-answers.mjs';
import {
  Connection,
  fixtureApp,
  formatRequest,
  sharedHost,
  type ConnectionFailure,
  type Response,
} from '../harness/index.ts';

/** What a request reports whose answer could not be had from the application, or not to its end. */
const brokenRequest = 'request.forwarding_failed';

describe('responses', () => {
  const host = sharedHost({
    sites: [{ applications: { '/': fixtureApp('out-of-process/bytes.mjs') } }],
    expects: [brokenRequest],
  });
  const answer = (name: string): Promise<Response> => host.current.get(`/${name}`);

  it('M-65 passes 999 and its reason', async () => {
    expect(await answer('status-999')).toMatchObject({ status: 999, reason: 'Very Special' });
  });

  it('M-66 passes two Set-Cookie lines as two', async () => {
    expect((await answer('two-cookies')).lines('Set-Cookie')).toEqual(['a=1', 'b=2; Path=/']);
  });

  it('M-67 passes Server, and adds none', async () => {
    expect((await answer('server-x')).lines('Server')).toEqual(['X']);
    expect((await answer('plain')).lines('Server')).toEqual([]);
  });

  it('M-68 keeps the client connection when the application closes its own', async () => {
    const connection = await Connection.open(host.current.target('/'));
    for (const name of ['connection-close-close', 'plain']) {
      connection.write(formatRequest(host.current.target(`/${name}`)));
      const response = await connection.response();
      expect(response.text()).toBe('ok');
      expect(response.lines('Connection').join()).not.toMatch(/close/i);
    }
    connection.close();
  });

  it('M-69 passes the body of a 404', async () => {
    expect(await answer('not-found')).toMatchObject({ status: 404 });
    expect((await answer('not-found')).text()).toBe('the app says');
  });

  it('removes fields of the hop', async () => {
    const response = await answer('connection-named');
    expect(response.lines('X-Hop')).toEqual([]);
    expect(response.lines('X-Kept')).toEqual(['1']);
    expect((await answer('keep-alive')).lines('Keep-Alive')).toEqual([]);
  });

  it('writes one Date', async () => {
    for (const name of ['plain', 'date-past']) expect((await answer(name)).lines('Date')).toHaveLength(1);
  });

  it.each([
    ['chunked', 200, 'ok'],
    ['chunk-extension', 200, 'ok'],
    ['until-close-close', 200, 'ok'],
    ['http-10-close', 200, 'ok'],
    ['early-hints', 200, 'ok'],
    ['no-reason', 200, 'ok'],
    ['no-content', 204, ''],
    ['not-modified', 304, ''],
    ['obs-text', 200, 'ok'],
    ['big-head', 200, 'ok'],
  ])('%s reaches the client', async (name, status, text) => {
    expect(unusual).toHaveProperty(name);
    const response = await answer(name);
    expect(response.status).toBe(status);
    expect(response.text()).toBe(text);
  });

  it('H-153 does not pass interim responses to a 1.1 client', async () => {
    expect((await answer('early-hints')).interim).toEqual([]);
  });

  it('passes HEAD without a body and keeps the connection', async () => {
    const connection = await Connection.open(host.current.target('/'));
    connection.write(formatRequest(host.current.target('/not-modified'), { method: 'HEAD' }));
    expect((await connection.response('HEAD')).status).toBe(304);
    connection.write(formatRequest(host.current.target('/plain')));
    expect((await connection.response()).text()).toBe('ok');
    connection.close();
  });

  it.each(Object.keys(garbage).map((name) => [name === 'huge-head' ? 'M-81 H-157' : 'M-72 H-83 H-85', name]))(
    '%s %s becomes a 502 and none of it reaches the client',
    async (_, name) => {
      const response = await answer(name);
      expect(response.status).toBe(502);
      for (const field of ['X-A', 'X-B', 'X-Big']) expect(response.lines(field)).toEqual([]);
      expect((await answer('plain')).text()).toBe('ok');
    },
  );

  it.each(Object.keys(broken))('M-73 H-86 %s cuts the client off', async (name) => {
    // Where the fault came with the head there was still time for a 502.
    const outcome = await answer(name).then(
      (response) => String(response.status),
      (error: ConnectionFailure) => error.kind,
    );
    expect(outcome).toMatch(/^(reset|truncated|502)$/);
    expect((await answer('plain')).text()).toBe('ok');
  });

  it.each(Object.keys(overlong))('H-80 H-81 H-84 %s is answered, and its connection not used again', async (name) => {
    const response = await answer(name);
    expect(response.text()).toBe(name === 'bytes-after-length' ? 'ok' : '');
    for (let count = 0; count < 3; count += 1) expect((await answer('plain')).text()).toBe('ok');
  });
});
