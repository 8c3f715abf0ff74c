import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, eventuallyTrue } from './testing/eventually.ts';
import { onEachNode, startReady } from './testing/on-each-node.ts';

const fixture = (app: string): string => join(__dirname, '../../../test/fixtures/apps/in-process', app);

onEachNode((start, major) => {
  it('says hello before the application runs', async () => {
    await using worker = await start('throws-at-load.cjs');
    const { node } = await worker.message('hello');
    expect(node).toMatch(new RegExp(`^v${major}\\.`));
  });

  it.each([
    ['throws-at-load.cjs', 1, 'this application throws at load'],
    ['rejects-at-load.mjs', 1, 'this application rejects at load'],
    ['never-settles.mjs', 13, ''],
    ['exits-with-0.cjs', 0, ''],
    ['exports-nothing.mjs', 0, ''],
  ])('ends as without a host: %s with code %d', async (app, code, text) => {
    await using worker = await start(app);
    expect(await worker.exit).toEqual({ code, signal: null });
    expect(worker.output).toContain(text);
    expect(worker.messages.map(({ type }) => type)).toEqual(['hello']);
  });

  it.each([
    ['exports-handler.cjs', 'handler /x'],
    ['exports-compiled-handler.cjs', 'handler /x'],
    ['exports-server.mjs', 'server /x'],
    ['exports-listen.mjs', 'listen /x'],
  ])('serves an entry that only exports itself: %s', async (app, body) => {
    await using worker = await startReady(start, app);
    expect((await worker.gateway.request({ path: '/x' })).body).toBe(body);
  });

  it.each([
    ['a folder', ''],
    ['a file without its extension', '/index'],
  ])('serves an entry that only exports itself, named as %s', async (_what, name) => {
    await using worker = await startReady(start, `in-process/exports-folder${name}`);
    expect((await worker.gateway.request({ path: '/x' })).body).toBe('folder /x');
  });

  it.each(['exports-handler.cjs', 'exports-server.mjs'])(
    'serves a module named as exportedHandler: %s',
    async (app) => {
      const exportedHandler = fixture(app);
      await using worker = await startReady(start, app, { settings: { exportedHandler } });
      expect((await worker.gateway.request({ path: '/x' })).body).toMatch(/^(handler|server) \/x$/);
    },
  );

  it('says what is wrong with an exportedHandler that is no application', async () => {
    const app = 'exports-nothing.mjs';
    const exportedHandler = fixture(app);
    await using worker = await start(app, { settings: { exportedHandler } });
    const { reason } = await worker.message('unsupported');
    expect(reason).toContain('export a (request, response) function');
    expect((await worker.exit).code).toBe(1);
    expect(worker.output).toContain(reason);
  });

  it('serves { fetch }', async () => {
    await using worker = await startReady(start, 'exports-fetch.mjs');
    const client = { scheme: 'https' } as const;
    const answer = await worker.gateway.request({ method: 'PUT', path: '/a?b=%20', body: 'sent', client });
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-method': 'PUT', 'set-cookie': ['a=1', 'b=2'], 'content-type': 'text/plain;charset=UTF-8' },
      body: 'https://www.example.test/a?b=%20 sent',
    });
    expect(await worker.gateway.request({ path: '/empty' })).toMatchObject({ status: 204, body: '' });
    expect(await worker.gateway.request({ method: 'HEAD' })).toMatchObject({ status: 201, body: '' });
    expect(await worker.gateway.request({ method: 'TRACE' })).toMatchObject({ status: 501, body: '' });
    expect(await worker.gateway.request({ path: '/fail' })).toMatchObject({ status: 500, body: '' });
    await worker.outputIncludes('the handler failed');
  });

  it('serves the next request of a connection though { fetch } left a body unread', async () => {
    await using worker = await startReady(start, 'exports-fetch.mjs');
    const agent = worker.gateway.agent();
    const body = 'x'.repeat(1_000_000);
    expect((await worker.gateway.request({ agent, method: 'POST', path: '/empty', body })).status).toBe(204);
    expect((await worker.gateway.request({ agent, path: '/empty' })).status).toBe(204);
  });

  it('tells a { fetch } application that the client left', async () => {
    await using worker = await startReady(start, 'exports-fetch.mjs');
    const response = await worker.gateway.begin({ path: '/endless' });
    response.destroy();
    await eventually(async () => (await worker.gateway.request({ path: '/aborted' })).body, '1');
  });

  it('never catches what the application does not', async () => {
    await using worker = await startReady(start, 'throws-in-handler.cjs');
    expect((await worker.gateway.request()).body).toBe('0');
    await expect(worker.gateway.request({ path: '/throw' })).rejects.toThrow('socket hang up');
    expect(await worker.exit).toEqual({ code: 1, signal: null });
    expect(worker.output).toContain('this handler throws');
  });

  it("leaves uncaught exceptions to the application's own handler", async () => {
    await using worker = await startReady(start, 'throws-in-handler.cjs', { environment: { CATCHES: '1' } });
    worker.gateway.request({ path: '/throw' }).catch(() => {});
    await worker.outputIncludes('caught this handler throws');
    expect((await worker.gateway.request()).status).toBe(200);
  });

  it.skipIf(major < 22)('runs a TypeScript entry (Node.js strips types since 22.18)', async () => {
    await using worker = await startReady(start, 'typed.mts');
    expect((await worker.gateway.request()).body).toBe('typed');
  });

  it('M-131 nests calls as deep as the stack size allows', async () => {
    await using small = await startReady(start, 'deep-recursion.cjs');
    await using large = await startReady(start, 'deep-recursion.cjs', { stackSizeKiB: 64_000 });
    const depths = await Promise.all([small, large].map(async ({ gateway }) => Number((await gateway.request()).body)));
    expect(depths[1]).toBeGreaterThan((depths[0] as number) * 30);
  });

  it.each([
    ['another version', { version: 2 }, 'the supervisor speaks version 2'],
    ['a port that is a path', { port: '/run/app.sock' as never }, 'the number in PORT'],
    ['no socket', { socket: undefined as never }, 'socket must be an inherited descriptor'],
  ])('refuses to start with settings of %s', async (_what, settings, text) => {
    await using worker = await start('peer-echo.cjs', { settings });
    expect((await worker.exit).code).toBe(1);
    expect(worker.output).toContain(text);
  });

  it('ends at once when the supervisor is gone', async () => {
    await using worker = await startReady(start, 'common/held.mjs');
    const held = worker.gateway.request({ path: '/held' }).catch(() => 'gone');
    await eventually(async () => (await worker.gateway.json<{ held: number }>()).held, 1);
    worker.disconnect();
    expect((await worker.exit).code).toBe(1);
    expect(await held).toBe('gone');
  });

  it('tells how long the event loop stood still', async () => {
    await using worker = await startReady(start, 'common/blocks-its-loop.mjs');
    await worker.ping();
    await worker.gateway.request({ path: '/block?ms=700' });
    await eventuallyTrue(async () => (await worker.ping()).eventLoopDelayMs > 300);
  });
});
