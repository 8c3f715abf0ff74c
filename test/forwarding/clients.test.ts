import { describe, expect, it } from 'vitest';

import {
  Connection,
  echoOf,
  fixtureApp,
  formatRequest,
  linesOf,
  receivedFields,
  request,
  scratchFile,
  until,
  useHost,
} from '../harness/index.ts';

describe('the client', () => {
  it('M-59 with an IPv6 address is bracketed', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') }, bindings: ['[::1]:%PORT%:'] }],
    });
    const response = await request({ ...host.target('/'), host: '::1' });
    expect(receivedFields(echoOf(response), 'X-Forwarded-For')[0]).toMatch(/^(\[::1\](:\d+)?|::1)$/);
  });

  it.each([
    ['true', /^127\.0\.0\.1:\d+$/],
    ['false', /^127\.0\.0\.1$/],
  ])('forwardedForPort=%s decides about the port', async (forwardedForPort, expected) => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { handlerSettings: { forwardedForPort } }) } }],
    });
    expect(receivedFields(echoOf(await host.get('/')), 'X-Forwarded-For')[0]).toMatch(expected);
  });

  it('M-75 that disconnects ends the connection to the application', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('out-of-process/records-connections.mjs') } }],
    });
    const seen = async () => (await host.get('/ended')).json<{ waiting: number; ended: number }>();
    const client = await Connection.open(host.target('/wait'));
    client.write(formatRequest(host.target('/wait')));
    await until('the request to arrive', async () => (await seen()).waiting === 1);
    client.reset();
    await until('the connection to end', async () => (await seen()).ended === 1);
  });

  it('that only closes its sending side still gets the answer', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/held.mjs') } }],
    });
    const client = await Connection.open(host.target('/held'));
    client.write(formatRequest(host.target('/held'))).end();
    await until('the request to be held', async () => (await host.get('/')).json().held === 1);
    await host.get('/release');
    expect((await client.response()).text()).toMatch(/^held/);
    client.close();
  });

  it('M-82 with a body above maxAllowedContentLength gets 413 and the application sees nothing', async () => {
    const record = scratchFile('requests');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp(
              'common/records-requests.mjs',
              { environment: { RECORD_FILE: record } },
              {
                webServer:
                  '<security><requestFiltering><requestLimits maxAllowedContentLength="1000" /></requestFiltering></security>',
              },
            ),
          },
        },
      ],
    });
    expect((await host.get('/fits', { method: 'POST', body: 'x'.repeat(1_000) })).status).toBe(200);
    expect((await host.get('/large', { method: 'POST', body: 'x'.repeat(1_001) })).status).toBe(413);
    expect(linesOf(record)).toHaveLength(1);
  });
});
