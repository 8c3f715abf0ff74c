import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askKeeper } from './ask-keeper.ts';
import type { KeeperJob } from './keeper-job.ts';

let silent: Server;
const connections: Socket[] = [];
beforeEach(async () => {
  silent = createServer((socket) => {
    connections.push(socket.on('error', () => undefined));
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterEach(() => {
  for (const socket of connections.splice(0)) socket.destroy();
  silent.close();
});

function job(): KeeperJob {
  const { port } = silent.address() as AddressInfo;
  const place = { store: 'Redis', connection: `redis://127.0.0.1:${port}`, name: '' } as const;
  return { place, autoGenerate: false, olderCertificates: [], action: { type: 'load', hadKeys: false } };
}

describe('a keeper that nobody waits for any more', () => {
  it('ends at once, whatever its store does', async () => {
    const ending = new AbortController();
    const answer = askKeeper(job(), undefined, ending.signal);
    const [socket] = (await once(silent, 'connection')) as [Socket];
    ending.abort();
    expect(await answer).toEqual({ ok: false, error: 'the key keeper is not needed any more' });
    socket.resume();
    await once(socket, 'close');
  });

  it('asks nobody when that was known before', async () => {
    expect(await askKeeper(job(), undefined, AbortSignal.abort())).toMatchObject({ ok: false });
    expect(connections).toEqual([]);
  });
});
