/**
 * Everything that can end a forwarded request but success, by phase and by the side that broke it, so that a 502
 * says who is to blame.
 */
export type ForwardingFailure =
  // connect, upstream
  | 'connect failed'
  | 'connect timed out'
  // request, upstream
  | 'closed before request'
  | 'closed before response'
  // one stream of an HTTP/2 session that lives
  | 'request refused'
  | 'session overloaded'
  | 'reset before response'
  // request, client
  | 'client gone'
  | 'request body broken'
  // response head, upstream
  | 'response timed out'
  | 'response head invalid'
  | 'response head too large'
  | 'too many interim responses'
  | 'unsolicited upgrade'
  // response body, upstream
  | 'response body broken'
  | 'response body timed out'
  // any phase, supervisor
  | 'process gone';

/** Whether the client's side ended the request: nobody is there to answer, and nothing is wrong with the upstream. */
export function isClientFailure(failure: ForwardingFailure): boolean {
  return failure === 'client gone' || failure === 'request body broken';
}

/**
 * Whether a failure casts doubt on the whole process: it refuses connections, or it is a worker, which never
 * closes a connection of ours by itself. The supervisor looks whether it lives before more is sent there.
 */
export function castsDoubt(failure: ForwardingFailure, kind: 'worker' | 'app'): boolean {
  if (failure === 'connect failed') return true;
  return kind === 'worker' && (failure === 'closed before request' || failure === 'closed before response');
}

/** What is known of an attempt when it fails. */
export interface FailedAttempt {
  readonly failure: ForwardingFailure;
  readonly kind: 'worker' | 'app';
  readonly method: string;
  readonly hasBody: boolean;
  /** The connection had served a request before. */
  readonly reused: boolean;
  /** Bytes of a response had arrived. */
  readonly answered: boolean;
  /** Retries of this request so far. */
  readonly retries: number;
  /** The process still takes requests, as far as the gateway knows. */
  readonly upstreamLives: boolean;
}

/** Nothing of the request was acted on; HTTP/2 says so with REFUSED_STREAM and GOAWAY (RFC 9113 §8.7). */
const neverArrived: ReadonlySet<ForwardingFailure> = new Set([
  'connect failed',
  'closed before request',
  'request refused',
]);
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * What follows from a failed attempt:
 * - `requeue`: nothing arrived, or what did may come again; the request takes another upstream or session, or waits
 *   for one
 * - `retry`: the upstream closed an idle connection just when it was used; once more, on a new one
 * - `fail`: the client gets a 502.3, or a reset when the answer had begun. A request in the hands of a process
 *   that died is never sent again: a poisonous request must not kill two.
 */
export function afterFailure(attempt: FailedAttempt): 'requeue' | 'retry' | 'fail' {
  if (attempt.retries > 0 || attempt.answered) return 'fail';
  if (neverArrived.has(attempt.failure)) return 'requeue';
  const raced = attempt.failure === 'closed before response' && attempt.reused && attempt.upstreamLives;
  const repeatable = idempotent.has(attempt.method) && !attempt.hasBody;
  if (attempt.failure === 'session overloaded' && repeatable) return 'requeue';
  // In-process workers never close idle connections, so what looks like the race is a crash.
  return raced && repeatable && attempt.kind === 'app' ? 'retry' : 'fail';
}
