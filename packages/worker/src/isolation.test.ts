import { expect, it } from 'vitest';
import { onEachNode, startReady } from './testing/on-each-node.ts';

onEachNode((start) => {
  it('hides the control channel, the settings and the preload from the application', async () => {
    await using worker = await startReady(start, 'sees-channel.cjs', { appArguments: ['--flag', 'value'] });
    await worker.ping();
    expect(await worker.gateway.json()).toEqual({
      kinds: ['undefined', 'undefined', 'undefined', 'undefined'],
      own: [],
      symbols: expect.not.arrayContaining(['Symbol(kChannelHandle)']),
      names: [],
      events: [],
      argv: ['--flag', 'value'],
      execArgv: [],
      isMain: true,
    });
  });

  it('leaves forks alone: they get plain TCP, no setting, no preload and no socket', async () => {
    await using worker = await startReady(start, 'forks.cjs');
    interface Seen {
      readonly answer: string;
      readonly names: readonly string[];
      readonly spawnedNames: readonly string[];
      readonly execArgv: readonly string[];
      readonly descriptors: readonly string[];
    }
    const seen = await worker.gateway.json<Seen>();
    expect(seen).toMatchObject({ answer: 'fork 127.0.0.1', execArgv: [] });
    expect(seen.names).not.toContain('POOLHOUSE_WORKER');
    expect(seen.spawnedNames).not.toContain('POOLHOUSE_WORKER');
    // Its own channel and its server; 0, 1 and 2 are the worker's, which are sockets here.
    expect(seen.descriptors.filter((descriptor) => Number(descriptor) > 2)).toHaveLength(2);
  });

  it('leaves worker threads alone', async () => {
    await using worker = await startReady(start, 'worker-thread.cjs');
    expect((await worker.gateway.request()).body).toBe('thread 127.0.0.1');
  });

  it.each([
    ['cluster.cjs', 'set maxProcesses of the pool'],
    ['plain-server.cjs', 'is a plain net.Server'],
    ['demands-certificates.cjs', 'demands client certificates'],
  ])('refuses what a worker cannot host, with what to change: %s', async (app, text) => {
    await using worker = await start(app);
    const { reason } = await worker.message('unsupported');
    expect(reason).toContain(text);
    expect(await worker.exit).toEqual({ code: 1, signal: null });
    expect(worker.output).toContain(reason);
    expect(worker.messages.map(({ type }) => type)).toEqual(['hello', 'unsupported']);
  });
});
