import { BoundSocket, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClientConnectionFacts } from '../pipeline/exchange.ts';
import { Listener } from './listener.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A listener on a bound socket, as a gateway inherits it, and what it accepts. */
async function listening(host: string) {
  const bound = new BoundSocket({ host, port: 0 });
  const { port } = bound.address() as { port: number };
  const accepted: ClientConnectionFacts[] = [];
  const arrived = Promise.withResolvers<void>();
  const listener = new Listener(
    { fd: bound.fd(), address: host, port, protocol: 'http' },
    (socket: Socket, facts) => {
      accepted.push(facts);
      socket.destroy();
      arrived.resolve();
    },
    (error) => arrived.reject(error),
  );
  cleanUps.push(() => listener.close());
  await listener.listen();
  return { port, accepted, arrived: arrived.promise };
}

describe('Listener', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['::1', '::1', '::1'],
    ['::', '127.0.0.1', '127.0.0.1'],
  ])('on %s tells who connected to which address: %s', async (host, to, expected) => {
    const { port, accepted, arrived } = await listening(host);
    const client = connect({ host: to, port });
    client.on('error', () => {});
    await arrived;
    expect(accepted).toEqual([
      {
        secure: false,
        remoteAddress: expected,
        remotePort: expect.any(Number),
        localAddress: expected,
        localPort: port,
      },
    ]);
    client.destroy();
  });

  it('rejects when the descriptor cannot be listened on', async () => {
    const listener = new Listener(
      { fd: 9_999, address: '*', port: 1, protocol: 'http' },
      () => {},
      () => {},
    );
    await expect(listener.listen()).rejects.toThrow(/EBADF|EINVAL|ENOTSOCK/);
  });
});
