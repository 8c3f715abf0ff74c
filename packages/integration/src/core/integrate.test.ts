import { createServer } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { integrate } from './integrate.ts';

describe('integrate', () => {
  beforeEach(() => {
    vi.stubEnv('ASPNETCORE_PORT', '12345');
    vi.stubEnv('ASPNETCORE_APPL_PATH', '/');
    vi.stubEnv('ASPNETCORE_TOKEN', 'secret');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['https', () => createHttpsServer()],
    ['http2', () => createHttp2Server()],
    ['http2 with TLS', () => createSecureServer()],
  ])('refuses a server of %s, also the second time', (_, create) => {
    const server = create() as never;
    for (let time = 0; time < 2; time += 1) expect(() => integrate(server)).toThrow(/a server for TLS or HTTP\/2/);
  });

  it('M-90 changes a server once', () => {
    const server = integrate(createServer());
    const { emit, listen } = server;
    expect(integrate(server)).toBe(server);
    expect(server.emit).toBe(emit);
    expect(server.listen).toBe(listen);
  });

  it('leaves idle connections to the gateway whatever the application sets', () => {
    const server = integrate(createServer());
    server.keepAliveTimeout = 5_000;
    server.setTimeout(5_000);
    expect(server).toMatchObject({ keepAliveTimeout: 0, requestTimeout: 0, timeout: 0 });
  });

  it('M-83 leaves a server alone when the process is not hosted', () => {
    vi.stubEnv('ASPNETCORE_TOKEN', '');
    const server = createServer();
    const before = Object.getOwnPropertyDescriptors(server);
    expect(integrate(server)).toBe(server);
    expect(Object.getOwnPropertyDescriptors(server)).toEqual(before);
  });
});
