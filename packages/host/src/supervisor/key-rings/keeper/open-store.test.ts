import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { parseXml, silentLogger, writeXml, type StoredElement } from '@poolhouse/data-protection';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type OpenStore } from './open-store.ts';

const program = '/usr/bin/redis-server';

describe.skipIf(!existsSync(program))('a ring in Redis (needs redis-server)', () => {
  let server: ChildProcess;
  let store: OpenStore;
  beforeEach(async () => {
    const port = await freePort();
    server = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      cwd: '/',
      stdio: 'ignore',
    });
    const place = { store: 'Redis', connection: `redis://127.0.0.1:${port}`, name: '' } as const;
    const open = (): Promise<OpenStore | undefined> => openStore(place, silentLogger).catch(() => undefined);
    let opened: OpenStore | undefined;
    await expect.poll(async () => (opened ??= await open())).toBeDefined();
    store = opened as unknown as OpenStore;
  });
  afterEach(async () => {
    await store.close();
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  });

  it('has a key once that two replace at the same time, and none that was deleted meanwhile', async () => {
    const { repository } = store;
    for (const id of ['a', 'b']) await repository.storeElement(parseXml(`<key id="${id}"/>`, id), id);
    let seen: readonly StoredElement[] = [];
    await repository.deleteElements?.((stored) => {
      seen = stored;
      return [];
    });
    const [first, second] = seen as [StoredElement, StoredElement];
    await store.replace(first.handle, parseXml('<key id="a" by="one"/>', 'a'));
    await store.replace(first.handle, parseXml('<key id="a" by="two"/>', 'a'));
    await repository.deleteElements?.((stored) => stored.filter(({ handle }) => handle === second.handle));
    await store.replace(second.handle, parseXml('<key id="b" by="one"/>', 'b'));
    const left = await repository.getAllElements();
    expect(left.map((element) => writeXml(element, 'line'))).toEqual(['<key id="a" by="one" />']);
  });
});

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
