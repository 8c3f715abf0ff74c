import type { GatewayConnections } from './gateway-connection/gateway-connections.ts';

export interface DrainContext {
  readonly connections: GatewayConnections;
  /** Stops listening, and tells the supervisor that no request is served any more. */
  drained(written: () => void): void;
  exit(): void;
}

const lookEveryMs = 10;
/** The longest delay of a timer of Node.js, milliseconds; one that is longer would be none. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * Ends the worker without losing a request:
 *
 *   1. end connections without a request; the gateway has been told to send none
 *   2. wait for the answers that are under way; each connection ends after its last one
 *   3. stop listening, and tell the supervisor
 *   4. run the application's own SIGTERM handlers; they end the process, or the limit does
 *
 * Listening goes on that long because a connection may wait to be accepted, and closing the socket would not end it:
 * the supervisor holds it too. `server.close()` alone would not do: on Node.js 20 to 24 it waits for connections that never had a request.
 *
 * @param limitMs for all of it
 * @param answersMs for the answers under way; by default all but the last tenth, which is kept for the handlers
 */
export function drain(
  limitMs: number,
  context: DrainContext,
  answersMs: number = limitMs - Math.min(1_000, limitMs / 10),
): void {
  const begun = performance.now();
  const answersUntil = begun + answersMs;
  context.connections.drain();
  setTimeout(() => context.exit(), Math.min(limitMs, longestDelayMs)).unref();

  const look = (): void => {
    if (context.connections.answers > 0 && performance.now() < answersUntil) {
      setTimeout(look, lookEveryMs);
      return;
    }
    context.drained(() => {
      // Without a handler the signal would end the process at once.
      if (!process.emit('SIGTERM', 'SIGTERM', 15)) context.exit();
    });
  };
  look();
}
