import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenersOnPort, socketInodes } from './index.ts';

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, state: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1`;

describe('the kernel’s table', () => {
  it.each([
    ['127.0.0.1', '0100007F:1F90', '0A', true],
    ['0.0.0.0', '00000000:1F90', '0A', true],
    [':: dual-stack', '00000000000000000000000000000000:1F90', '0A', true],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F:1F90', '0A', true],
    ['::1 only', '00000000000000000000000001000000:1F90', '0A', false],
    ['another address', '0200007F:1F90', '0A', false],
    ['another port', '0100007F:1F91', '0A', false],
    ['a connection', '0100007F:1F90', '01', false],
  ])('%s', (_, local, state, listens) => {
    expect(listenersOnPort(8080, [`${header}\n${row(local, state)}\n`])).toEqual(
      listens ? [{ port: 8080, inode: '4711' }] : [],
    );
  });

  it('finds a real listener among the sockets of its process', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [listener] = listenersOnPort(port);
    expect(socketInodes(process.pid)?.has(listener?.inode ?? '')).toBe(true);
    server.close();
    await once(server, 'close');
    expect(listenersOnPort(port)).toEqual([]);
  });
});
