/**
 * When a candidate is taken as the application.
 *
 * A process in which nothing is under way but its servers can start no other server, except in answer to a
 * request: then it is taken after a moment. As long as something is (a timer, a database connection, a file being
 * read), a server on `PORT` may still come, and the candidate waits, up to a limit: applications with a port of
 * their own and a connection pool look like that for ever.
 */
export const calmMs = 100;
export const longestWaitMs = 3_000;

/** What `process.getActiveResourcesInfo()` calls a listening unix socket, and every other pipe. */
const pipe = 'PipeWrap';
/** From these no new server comes by itself. */
const standing: ReadonlySet<string> = new Set(['TCPServerWrap', 'TTYWrap']);

/**
 * Whether nothing is under way.
 *
 * @param ownPipes the worker's private socket, and standard output and error where they are pipes
 */
export function isCalm(resources: readonly string[], ownPipes: number): boolean {
  const pipes = resources.filter((name) => name === pipe).length;
  return pipes <= ownPipes && resources.every((name) => name === pipe || standing.has(name));
}

export interface Watch {
  readonly listeningSince: number;
  /** Undefined while something is under way. */
  readonly calmSince: number | undefined;
  /** See `isCalm`. */
  readonly ownPipes: number;
}

/** One look at the process; times in milliseconds of one clock. */
export function look(watch: Watch, resources: readonly string[], now: number): Watch & { readonly settled: boolean } {
  const calmSince = isCalm(resources, watch.ownPipes) ? (watch.calmSince ?? now) : undefined;
  const calmLongEnough = calmSince !== undefined && now - calmSince >= calmMs;
  return { ...watch, calmSince, settled: calmLongEnough || now - watch.listeningSince >= longestWaitMs };
}
