import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { portHolder } from './port-holder.ts';

describe('portHolder', () => {
  it('names the process that listens, and nobody when it has stopped', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(portHolder(port)).toEqual({ pid: process.pid, command: expect.stringContaining('node') });
    server.close();
    await once(server, 'close');
    expect(portHolder(port)).toBeUndefined();
  });
});
