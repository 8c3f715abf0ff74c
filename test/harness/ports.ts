import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port that nobody listens on, for a site of a test. From a range that neither outgoing connections
 * (32768 and up) nor application processes (10000 and up) use, so that it stays free until the host binds it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(5_000, 10_000);
    if (await canBind(port)) return port;
  }
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '::' }, () => server.close(() => resolve(true)));
  });
}
