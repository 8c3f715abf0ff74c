import { describe, expect, it } from 'vitest';

import { Connection, fixtureApp, formatRequest, until, useHost } from './harness/index.ts';

describe('limits of a site', () => {
  it('P-75 maxConnections=2 answers a third connection with 503 and leaves two alone', async () => {
    const host = await useHost({
      sites: [{ limits: { maxConnections: 2 }, applications: { '/': fixtureApp('common/held.mjs') } }],
    });
    const target = host.target('/held');
    const first = await Connection.open(target);
    const second = await Connection.open(target);
    for (const client of [first, second]) {
      client.write(formatRequest(host.target('/')));
      expect((await client.response()).status).toBe(200);
    }
    expect((await host.get('/')).status).toBe(503);
    first.close();
    await until('a place to be free', async () => (await host.get('/')).status === 200);
    second.write(formatRequest(host.target('/')));
    expect((await second.response()).status).toBe(200);
  });

  it('P-76 connectionTimeout closes a connection that is idle', async () => {
    const host = await useHost({
      sites: [{ limits: { connectionTimeout: '00:00:02' }, applications: { '/': fixtureApp('common/echo.mjs') } }],
    });
    const client = await Connection.open(host.target('/'));
    client.write(formatRequest(host.target('/')));
    await client.response();
    const idleSince = performance.now();
    expect(await client.closed()).toBe('fin');
    expect(performance.now() - idleSince).toBeGreaterThan(1_500);
    expect(client.unread.length).toBe(0);
  });

  it('P-77 connectionTimeout is between the bytes of a body', async () => {
    const host = await useHost({
      sites: [{ limits: { connectionTimeout: '00:00:02' }, applications: { '/': fixtureApp('common/echo.mjs') } }],
      expects: ['request.forwarding_failed'],
    });
    await host.get('/');
    const target = host.target('/');
    const steady = await Connection.open(target);
    const stalled = await Connection.open(target);
    const head = formatRequest(target, { method: 'POST', headers: [['Content-Length', '1000']] });
    stalled.write(head).write('x');
    steady.write(head);
    // A piece whenever the stalled one is looked at, until that one is cut: longer than connectionTimeout in all.
    let sent = 0;
    await until(
      'the stalled connection to be cut',
      () => {
        if (sent < 900) steady.write('x'.repeat(10));
        sent = Math.min(sent + 10, 900);
        return stalled.ended !== 'open';
      },
      { everyMs: 50 },
    );
    expect(steady.ended).toBe('open');
    steady.write('x'.repeat(1_000 - sent));
    expect((await steady.response('POST')).json<{ bodyBytes: number }>().bodyBytes).toBe(1_000);
  });
});

describe('slow clients', () => {
  it('H-146 a head that does not end is cut at headerWaitTimeout', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }],
      applicationHost: '<webLimits headerWaitTimeout="00:00:02" />',
    });
    const client = await Connection.open(host.target('/'));
    client.write('GET / HTTP/1.1\r\n');
    let fields = 0;
    await until(
      'the connection to be cut',
      () => {
        if (client.ended === 'open') client.write(`X-${fields}: slow\r\n`);
        fields += 1;
        return client.ended !== 'open';
      },
      { everyMs: 250 },
    );
    expect(client.unread.toString('latin1')).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('a connection that says nothing is closed', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }],
      applicationHost: '<webLimits headerWaitTimeout="00:00:01" />',
    });
    const client = await Connection.open(host.target('/'));
    await client.closed();
    expect(client.unread.length).toBe(0);
  });
});
