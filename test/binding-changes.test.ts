import { readFileSync, writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { freePort, request, useHost, type TestHost } from './harness/index.ts';

async function replaceBinding(host: TestHost, from: string, to: string, revision: number): Promise<void> {
  writeFileSync(host.configuration, readFileSync(host.configuration, 'utf8').replace(`"${from}"`, `"${to}"`));
  await host.events.waitFor('config.applied', { revision });
}

describe('a binding that changes between one address and all', () => {
  it('is served on the same port, back and forth', async () => {
    const port = await freePort();
    const [one, all] = [`127.0.0.1:${port}:`, `*:${port}:`];
    const host = await useHost({
      sites: [{ bindings: [one], applications: { '/': { files: { 'index.html': 'here' } } } }],
    });
    const text = async (address: string): Promise<string> => (await request({ host: address, port, path: '/' })).text();
    expect(await text('127.0.0.1')).toBe('here');

    await replaceBinding(host, one, all, 2);
    for (const address of ['127.0.0.1', '127.0.0.2', '::1']) expect(await text(address)).toBe('here');

    await replaceBinding(host, all, one, 3);
    expect(await text('127.0.0.1')).toBe('here');
    expect(await text('127.0.0.2').catch(() => 'refused')).not.toBe('here');
  });
});
