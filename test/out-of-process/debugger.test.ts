import { expect, it } from 'vitest';

import { fixture, useHost } from '../harness/index.ts';
import { brokenRequest, hold } from '../pools/pool-host.ts';

it('M-74 requestTimeout does not act on an application with an inspector', async () => {
  const application = (options: string): { aspNetCore: object } => ({
    aspNetCore: {
      arguments: `${options} ${fixture('common/held.mjs')}`,
      attributes: { requestTimeout: '00:00:01' },
    },
  });
  const host = await useHost({
    sites: [{ applications: { '/': application('--inspect=127.0.0.1:0'), '/plain': application('--no-warnings') } }],
    expects: [brokenRequest],
  });
  await host.get('/');
  await host.events.waitFor('worker.debugged', { application: 'site/' });
  const debugged = await hold(host, '/held');
  const plain = await hold(host, '/plain/held');
  expect((await plain.response()).status).toBe(502);
  expect(debugged.ended).toBe('open');
  expect((await host.get('/')).json()).toMatchObject({ held: 1 });
  await host.get('/release');
  expect((await debugged.response()).status).toBe(200);
  for (const client of [debugged, plain]) client.close();
});
