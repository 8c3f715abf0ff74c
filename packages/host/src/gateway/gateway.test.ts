import { describe, expect, it } from 'vitest';
import { listenScripted, openClient, startGateway } from './testing/for-one-test.ts';

const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the control channel', () => {
  it('says hello, and that it listens after the first snapshot only', async () => {
    const gateway = await startGateway();
    await gateway.until(() => gateway.messages.some(({ type }) => type === 'listening'));
    gateway.resync();
    await new Promise((resolve) => setImmediate(resolve));
    expect(gateway.messages.map(({ type }) => type)).toEqual(['hello', 'listening']);
  });

  it('asks for the snapshot after a gap, and applies nothing of the change', async () => {
    const gateway = await startGateway();
    const { port } = await listenScripted((peer) => peer.send(ok));
    for (const base of [7, 8]) {
      gateway.gateway.receive({ version: 1, type: 'change', base, number: base + 1, add: [gateway.upstream(port)] });
    }
    expect(gateway.messagesOf('resync')).toHaveLength(1);
    const client = openClient(gateway).send(get);
    await gateway.until(() => gateway.messagesOf('demand').length === 1);
    // The snapshot that follows brings the upstream.
    gateway.resync([gateway.upstream(port)]);
    expect(await client.responses(1)).toEqual(['200']);
  });

  it('lets go of upstreams that a snapshot no longer has', async () => {
    const gateway = await startGateway();
    const { scripted, port } = await listenScripted((peer) => peer.send(ok));
    gateway.addUpstream(port);
    await openClient(gateway).send(get).responses(1);
    gateway.resync([]);
    await (await scripted.peer()).until(({ closed }) => closed);
    openClient(gateway).send(get);
    await gateway.until(() => gateway.messagesOf('demand').length === 1);
  });

  it('sends counters once a second, and only when something changed', async () => {
    const gateway = await startGateway();
    const { port } = await listenScripted((peer) => peer.send(ok));
    const id = gateway.addUpstream(port);
    const client = openClient(gateway);
    await client.send(get).responses(1);
    gateway.pass(1_100);
    const reports = gateway.messagesOf('counters');
    expect(reports.at(-1)?.upstreams).toEqual([{ id, active: 0, served: 1, idleMs: expect.any(Number) }]);
    expect(reports.at(-1)?.connections).toBe(1);
    gateway.pass(10_000);
    expect(gateway.messagesOf('counters')).toHaveLength(reports.length);
  });

  it('keeps counters back while the supervisor does not take its messages', async () => {
    let unsent = true;
    const gateway = await startGateway({ unsent: () => unsent });
    const id = gateway.addUpstream((await listenScripted((peer) => peer.send(ok))).port);
    await openClient(gateway).send(get).responses(1);
    gateway.pass(3_000);
    expect(gateway.messagesOf('counters')).toEqual([]);
    unsent = false;
    gateway.pass(1_100);
    expect(gateway.messagesOf('counters').map(({ upstreams }) => upstreams)).toEqual([
      [{ id, active: 0, served: 1, idleMs: expect.any(Number) }],
    ]);
  });

  it('takes a changed site over between two requests of one connection', async () => {
    const gateway = await startGateway({
      handle: (exchange) => {
        exchange.send({ status: 200, body: exchange.route.site.name });
        return 'done';
      },
    });
    const client = openClient(gateway).send(get);
    await client.until(({ received }) => received.endsWith('site'));
    gateway.change({ sites: [{ ...gateway.site, name: 'renamed' }] });
    await client.send(get).until(({ received }) => received.endsWith('renamed'));
    gateway.change({ removedSites: [1] });
    expect(await client.send(get).responses(3)).toEqual(['200', '200', '400']);
  });
});

describe('drain', () => {
  it('closes idle connections, finishes requests with Connection: close, and then ends', async () => {
    const gateway = await startGateway();
    const { scripted, port } = await listenScripted(() => {});
    gateway.addUpstream(port);
    const idle = openClient(gateway);
    const busy = openClient(gateway).send(get);
    const peer = await scripted.peer();
    await peer.until(({ requests }) => requests === 1);
    while (gateway.clients.length < 2) await new Promise((resolve) => setImmediate(resolve));
    gateway.gateway.receive({ version: 1, type: 'drain', limitMs: 60_000 });
    expect(await idle.all()).toBe('');
    expect(gateway.finished).toBe(false);
    peer.send(ok);
    expect(await busy.all()).toContain('Connection: close\r\n');
    idle.destroy();
    busy.destroy();
    await gateway.until(() => gateway.finished);
  });

  it('ends at its limit all the same', async () => {
    const gateway = await startGateway();
    const { scripted, port } = await listenScripted(() => {});
    gateway.addUpstream(port);
    const busy = openClient(gateway).send(get);
    await (await scripted.peer()).until(({ requests }) => requests === 1);
    gateway.gateway.receive({ version: 1, type: 'drain', limitMs: 2_000 });
    gateway.pass(2_500);
    await busy.all();
    await gateway.until(() => gateway.finished);
  });

  it('stays for orders when told to', async () => {
    const gateway = await startGateway();
    gateway.gateway.receive({ version: 1, type: 'drain', limitMs: 60_000, stay: true });
    expect(gateway.finished).toBe(false);
    const refused = openClient(gateway).send(get);
    await refused.until(({ closed }) => closed);
    gateway.gateway.receive({ version: 1, type: 'drain', limitMs: 60_000 });
    expect(gateway.finished).toBe(true);
  });
});
