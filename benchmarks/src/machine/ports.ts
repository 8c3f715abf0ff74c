import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Ports of 127.0.0.1 that the kernel just had free. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof createServer>>();
      const server = createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
      return promise;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether something accepts connections there. */
export function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/** Waits until a port accepts; fails when `alive` says that its process has ended, or after the limit. */
export async function untilAccepts(port: number, alive: () => boolean, limitMs = 30_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await accepts(port))) {
    if (!alive()) throw new Error(`the process that should listen on 127.0.0.1:${port} has ended`);
    if (performance.now() > deadline) throw new Error(`nothing listens on 127.0.0.1:${port} after ${limitMs} ms`);
    await wait(10);
  }
}
