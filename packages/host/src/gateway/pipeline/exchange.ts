import type { ApplicationPlan, ScopePlan, SitePlan } from '@poolhouse/contract';

/**
 * One request and its answer, as the modules see it. The protocol engines (`http1`, later `http2`)
 * create it; whoever handles the request answers exactly once.
 */
export interface Exchange {
  readonly request: RequestHead;
  readonly connection: ClientConnectionFacts;
  readonly route: Route;
  /** True when the client is gone; there is nobody to answer. */
  readonly aborted: boolean;
  /**
   * Bounds the request's body, counted as it arrives; the smallest limit of several holds. A declared
   * Content-Length is known beforehand: modules compare it themselves. When a chunked body grows over
   * `bytes`, reading stops, whoever receives it sees the body break off (never a clean end), and the client gets
   * `failure` if no response head was sent, else a reset.
   */
  limitBody(bytes: number, failure: { readonly status: number; readonly subStatus: number }): void;
  /** Answers whole. The engine adds Date, Connection and Content-Length, and drops the body for HEAD, 204 and 304. */
  send(answer: Answer): void;
  /**
   * Answers with a body as it comes, with back-pressure; rejects (and resets the connection) when `body` fails.
   * For HEAD, 204 and 304 the body is never iterated; `length` is sent with HEAD all the same. When the client
   * leaves, the iteration is ended with `return()`, so that `finally` blocks run.
   */
  stream(answer: StreamedAnswer): Promise<void>;
}

export interface RequestHead {
  readonly method: string;
  /** As sent, latin1. */
  readonly target: string;
  readonly version: '1.0' | '1.1' | '2.0';
  /** Value of a field by lower-case name; several lines joined with `, `; undefined when absent. */
  header(name: string): string | undefined;
  /** All fields as sent, whole lines ending in CRLF, latin1 (HTTP/2: as they would be written in HTTP/1.1). */
  fieldLines(): string;
}

export interface ClientConnectionFacts {
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** Result of routing, from one pass over the target; nothing downstream parses the target again. */
export interface Route {
  readonly site: SitePlan;
  readonly application: ApplicationPlan;
  readonly scope: ScopePlan;
  /** Percent-decoded, dot segments removed, repeated slashes collapsed: for decisions. */
  readonly cookedPath: string;
  /** Raw path with dot segments removed: what the application sees. */
  readonly forwardPath: string;
  /** With its `?`, as sent; empty when there is none. */
  readonly query: string;
  /** The raw path held `%2F`, `%5C` or `\`: an application may see it, the file system may not. */
  readonly encodedSeparator: boolean;
}

export interface Answer {
  readonly status: number;
  readonly subStatus?: number;
  /** Reason phrase; the standard one when absent. */
  readonly reason?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
}

export interface StreamedAnswer extends Omit<Answer, 'body'> {
  /** Bytes of `body`, when known; a body of another size resets the connection. */
  readonly length?: number;
  readonly body: AsyncIterable<Uint8Array>;
}
