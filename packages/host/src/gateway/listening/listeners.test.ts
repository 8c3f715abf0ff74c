import { BoundSocket, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InheritedSocket } from './listener.ts';
import { Listeners } from './listeners.ts';

/** A bound socket, as a gateway inherits it. */
function bound(protocol: 'http' | 'https' = 'http'): InheritedSocket {
  const socket = new BoundSocket({ host: '127.0.0.1', port: 0 });
  const { port } = socket.address() as { port: number };
  return { fd: socket.fd(), address: '127.0.0.1', port, protocol };
}

function listeners() {
  const events: string[] = [];
  const accepted = Promise.withResolvers<number>();
  const all = new Listeners(
    (client, { localPort }) => {
      client.destroy();
      accepted.resolve(localPort);
    },
    (name, fields) => {
      events.push(`${name}: ${String('error' in fields ? fields.error : '')}`);
    },
  );
  onTestFinished(() => all.close());
  return { all, events, accepted: accepted.promise };
}

describe('Listeners', () => {
  it('accepts on the sockets that it can, and says which it cannot', async () => {
    const { all, events, accepted } = listeners();
    const good = bound();
    await all.listen([bound('https'), { fd: 9_999, address: '127.0.0.1', port: 1, protocol: 'http' }, good]);
    connect(good.port, '127.0.0.1').on('error', () => {});
    expect(await accepted).toBe(good.port);
    expect(events).toEqual([
      'gateway.listen_failed: https bindings are not supported yet',
      expect.stringMatching(/^gateway\.listen_failed: .+ \(descriptor 9999\)$/),
    ]);
  });

  it('accepts nothing once closed, also where it was about to listen', async () => {
    const { all } = listeners();
    const socket = bound();
    const listening = all.listen([socket]);
    all.close();
    await listening;
    const refused = Promise.withResolvers<unknown>();
    connect(socket.port, '127.0.0.1').on('error', refused.resolve).on('connect', refused.reject);
    expect(await refused.promise).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
