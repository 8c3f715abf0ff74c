import type { ClientConnectionFacts } from '../pipeline/exchange.ts';

/** A request, or a connection without one, that ended in the message layer. */
export interface ErrorLogEntry {
  readonly client: Pick<ClientConnectionFacts, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;
  /** As far as it could be read; undefined when nothing of it could. */
  readonly request: RequestLine | undefined;
  /** Status of the answer; 0 = none was sent. */
  readonly status: number;
  /** In the words of HTTP.sys: `Hostname`, `Timer_HeaderWait`, `QueueFull`. */
  readonly reason: string;
  /** Known once a request was routed. */
  readonly siteId: number | undefined;
  /** Application pool whose queue refused the request. */
  readonly queue: string | undefined;
}

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** `1.1` */
  readonly version: string;
}

/**
 * What the beginning of a refused head says, as far as it is well-formed: a log must show what was asked for, and
 * never bytes that nobody could read.
 */
export function readRequestLine(text: string): RequestLine | undefined {
  const found = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,255}) ([!-~]+)(?: HTTP\/(\d+\.\d+)(?=\r|\n|$))?/.exec(text);
  const [, method, target, version = ''] = found ?? [];
  return method === undefined || target === undefined ? undefined : { method, target, version };
}
