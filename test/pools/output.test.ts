import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fixtureApp, useHost } from '../harness/index.ts';

const application = { '/': fixtureApp('common/echo.mjs', { hostingModel: 'outofprocess' }) };

describe('the file for what processes write', () => {
  it('fails the start of a process when it cannot be opened, and nothing else', async () => {
    const host = await useHost({
      sites: [{ applications: application }],
      expects: ['worker.spawn.failed', 'app.start.attempt_failed', 'app.start.failed'],
    });
    const inTheWay = join(host.logFolder, 'test.0.log');
    mkdirSync(inTheWay);
    expect((await host.get('/')).status).toBeGreaterThanOrEqual(500);
    expect((await host.status()).state).toBe('started');
    rmdirSync(inTheWay);
    await host.recycle();
    expect((await host.get('/')).status).toBe(200);
  });
});
