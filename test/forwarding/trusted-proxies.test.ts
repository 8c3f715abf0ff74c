import { readFileSync, writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { echoOf, fixtureApp, receivedFields, receivedNames, useHost } from '../harness/index.ts';

const gateway = (address: string): string =>
  `<gateway><trustedProxies><add address="${address}"/></trustedProxies></gateway>`;
const claims = [
  ['X-Forwarded-For', '203.0.113.7'],
  ['X-Forwarded-Proto', 'https'],
  ['Forwarded', 'for=203.0.113.7'],
  ['X-Original-URL', '/before'],
  ['MS-ASPNETCORE-CLIENTCERT', 'forged'],
] as const;

describe('a proxy', () => {
  it('H-154 that is trusted may say who the client is, and is added to the chain; no other may', async () => {
    const host = await useHost({
      applicationHost: gateway('127.0.0.0/8'),
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }],
    });
    const trusted = echoOf(await host.get('/', { headers: claims }));
    expect(receivedFields(trusted, 'X-Forwarded-For')).toEqual(['203.0.113.7, 127.0.0.1']);
    expect(receivedFields(trusted, 'X-Forwarded-Proto')).toEqual(['https, http']);
    expect(receivedFields(trusted, 'Forwarded')).toEqual(['for=203.0.113.7']);
    expect(receivedNames(trusted)).not.toContain('ms-aspnetcore-clientcert');

    const text = readFileSync(host.configuration, 'utf8');
    writeFileSync(host.configuration, text.replace('127.0.0.0/8', '192.0.2.1'));
    await host.events.waitFor('config.applied', {}, 2);
    const other = echoOf(await host.get('/', { headers: claims }));
    expect(receivedFields(other, 'X-Forwarded-For')).toEqual(['127.0.0.1']);
    expect(receivedFields(other, 'X-Forwarded-Proto')).toEqual(['http']);
    for (const name of ['forwarded', 'x-original-url', 'ms-aspnetcore-clientcert']) {
      expect(receivedNames(other)).not.toContain(name);
    }
  });

  it('that cannot be read changes nothing, and is told with its place', async () => {
    const host = await useHost({
      expects: ['config.reload.failed'],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }],
    });
    const text = readFileSync(host.configuration, 'utf8');
    writeFileSync(host.configuration, text.replace('</system.applicationHost>', `${gateway('10.0.0.0/')}$&`));
    const { message } = await host.events.waitFor('config.reload.failed');
    expect(message).toContain('"10.0.0.0/" is no trusted proxy');
    expect((await host.get('/')).status).toBe(200);
  });
});
