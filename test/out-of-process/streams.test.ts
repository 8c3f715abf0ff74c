import { describe, expect, it } from 'vitest';

import { linesOf, readStat, scratchFile, until, type Connection } from '../harness/index.ts';
import { brokenRequest, hold, hostOf, models, processesOf } from '../pools/pool-host.ts';

/** A pool that gives its old processes two seconds, of which one is kept for their end. */
const pool = { processModel: { shutdownTimeLimit: '00:00:02' } };
const attributes = { shutdownTimeLimit: 2 };

/** What has come of a stream that may have been cut. */
async function received(client: Connection): Promise<string> {
  return client.response().then(
    (response) => response.text(),
    () => 'cut',
  );
}

describe.each(models)('a stream that does not end, at a recycle, %s', (model) => {
  it('P-48 is ended by its own process, which is asked to before shutdownTimeLimit is over', async () => {
    const signals = scratchFile('signals');
    const host = await hostOf('common/streams.mjs', model, pool, {
      attributes,
      applicationEnvironment: { SIGNAL_FILE: signals },
      expects: ['worker.shutdown.timeout'],
    });
    const old = Number((await host.get('/')).text());
    const client = await hold(host, '/events');
    await until('the stream to begin', async () => (await host.pool()).workers[0]?.active === 1);
    await host.recycle();
    expect(linesOf(signals)).toEqual([`SIGTERM ${old}`]);
    expect(await received(client)).toMatch(/data: bye\n\n$/);
    await host.events.waitFor('worker.shutdown.timeout', { pid: old, activeRequests: 1, winId: 5013 });
    expect(host.events.named('app.shutdown.failed')).toEqual([]);
    expect(readStat(old)).toBeUndefined();
    client.close();
  });

  it('P-48 of a process that does not listen is cut at shutdownTimeLimit', async () => {
    const signals = scratchFile('signals');
    const host = await hostOf('common/streams.mjs', model, pool, {
      attributes,
      applicationEnvironment: { SIGNAL_FILE: signals, DEAF: '1' },
      expects: [brokenRequest, 'worker.shutdown.timeout', 'app.shutdown.failed'],
    });
    const old = Number((await host.get('/')).text());
    const client = await hold(host, '/events');
    await until('the stream to begin', async () => (await host.pool()).workers[0]?.active === 1);
    await host.recycle();
    expect(linesOf(signals)).toEqual([`SIGTERM ${old}`]);
    expect(await received(client)).toBe('cut');
    expect(processesOf(host)).not.toContain(old);
    client.close();
  });
});
