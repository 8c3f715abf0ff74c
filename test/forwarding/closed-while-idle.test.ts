import { describe, expect, it } from 'vitest';

import { fixtureApp, linesOf, scratchFile, useHost } from '../harness/index.ts';

/** What a request reports whose answer could not be had from the application, or not to its end. */
const brokenRequest = 'request.forwarding_failed';

describe('a connection that the application closes while it is idle', () => {
  it('H-147 costs a GET nothing', async () => {
    const record = scratchFile('requests');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('out-of-process/closes-idle.mjs', { environment: { RECORD_FILE: record } }),
          },
        },
      ],
    });
    for (let count = 0; count < 50; count += 1) expect((await host.get('/')).status).toBe(200);
  });

  it('H-147 repeats a GET once, and never a POST that was sent', async () => {
    const record = scratchFile('requests');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('out-of-process/closes-idle.mjs', {
              arguments: 'late',
              environment: { RECORD_FILE: record },
            }),
          },
        },
      ],
      expects: [brokenRequest],
    });
    expect((await host.get('/first')).status).toBe(200);
    expect((await host.get('/second')).status).toBe(200);
    const posted = await host.get('/third', { method: 'POST', body: 'once' });
    expect(posted.status).toBe(502);
    const arrived = linesOf(record);
    expect(arrived.filter((line) => line.startsWith('GET /second'))).toHaveLength(2);
    expect(arrived.filter((line) => line.startsWith('POST /third'))).toHaveLength(1);
  });
});
