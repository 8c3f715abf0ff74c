import { describe, expect, it } from 'vitest';

import { Connection, fixtureApp, formatRequest, useHost } from '../harness/index.ts';

/** What a request reports whose answer could not be had from the application, or not to its end. */
const brokenRequest = 'request.forwarding_failed';

describe('streaming', () => {
  it('M-70 passes each chunk when it is written', async () => {
    const host = await useHost({ sites: [{ applications: { '/': fixtureApp('common/stepwise.mjs') } }] });
    const client = await Connection.open(host.target('/stream?id=1'));
    client.write(formatRequest(host.target('/stream?id=1')));
    await client.receives('\r\n\r\n');
    for (let chunk = 1; chunk <= 5; chunk += 1) {
      await host.get('/next?id=1', { method: 'POST' });
      await client.receives(`chunk ${chunk};`);
    }
    await host.get('/end?id=1', { method: 'POST' });
    expect((await client.response()).text()).toBe('chunk 1;chunk 2;chunk 3;chunk 4;chunk 5;');
    client.close();
  });

  it('M-74 silence beyond requestTimeout is 502.3, a trickle is none', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': {},
            '/silent': fixtureApp('common/held.mjs', { attributes: { requestTimeout: '00:00:01' } }),
            '/trickle': fixtureApp('out-of-process/trickles.mjs', { attributes: { requestTimeout: '00:00:01' } }),
          },
        },
      ],
      expects: [brokenRequest],
    });
    const [silent, trickle] = await Promise.all([host.get('/silent/held'), host.get('/trickle?bytes=8&every=250')]);
    expect(silent.status).toBe(502);
    expect(trickle.text()).toBe('.'.repeat(8));
  });

  it('M-74 silence in the body cuts the client off', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/held.mjs', { attributes: { requestTimeout: '00:00:01' } }) } }],
      expects: [brokenRequest],
    });
    await expect(host.get('/held?head')).rejects.toMatchObject({ kind: expect.stringMatching(/reset|truncated/) });
  });

  it.each(['', '&chunked'])('passes 20 MB%s whole', async (query) => {
    const host = await useHost({ sites: [{ applications: { '/': fixtureApp('common/big-body.mjs') } }] });
    expect((await host.get(`/?bytes=20000000${query}`)).body.length).toBe(20_000_000);
    expect((await host.get('/', { method: 'POST', body: Buffer.alloc(20_000_000) })).text()).toBe('20000000');
  });

  it('H-150 passes an answer that comes before the upload is over', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('out-of-process/early-response.mjs') } }],
    });
    const client = await Connection.open(host.target('/'));
    client.write(formatRequest(host.target('/'), { method: 'POST', headers: [['Content-Length', '10000000']] }));
    client.write(Buffer.alloc(100_000));
    const response = await client.response('POST');
    expect([response.status, response.text()]).toEqual([413, 'big']);
    client.close();
  });
});
