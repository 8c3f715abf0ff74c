import type { IncomingHttpHeaders } from 'node:http';

/** What reading and writing cookies needs of a request and its answer, whatever the framework. */
export interface HttpExchange extends RequestPart {
  /** Adds a `Set-Cookie` field to the answer. */
  appendSetCookie(text: string): void;
  /** Sets a field of the answer. */
  setHeader(name: string, value: string): void;
  /** Whether the answer has a field already. */
  hasHeader(name: string): boolean;
}

/** The half of an exchange that reading needs. */
export interface RequestPart {
  /** The `Cookie` field. */
  readonly cookieHeader: string | null | undefined;
  /** Whether the client came over TLS, as the application knows it, proxies considered. */
  readonly isHttps: boolean;
  /** Where the application is mounted, without a slash at the end; empty at the root. */
  readonly pathBase: string;
  header(name: string): string | null;
}

/** The parts of a request of node:http or node:http2 that are read; an Express request has `secure` besides. */
export interface NodeRequest {
  readonly headers: IncomingHttpHeaders;
  readonly socket?: object | null;
  /** Express: over TLS, `trust proxy` considered. */
  readonly secure?: boolean | undefined;
  /** Set behind a gateway that mounts the application. */
  readonly pathBase?: unknown;
}

export interface NodeResponse {
  appendHeader(name: string, value: string): unknown;
  setHeader(name: string, value: string): unknown;
  hasHeader(name: string): boolean;
}

export function nodeRequestPart(request: NodeRequest): RequestPart {
  return {
    cookieHeader: request.headers.cookie,
    isHttps: request.secure ?? isEncrypted(request.socket),
    pathBase: typeof request.pathBase === 'string' ? request.pathBase : '',
    header(name) {
      const value = request.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : null;
    },
  };
}

export function nodeExchange(request: NodeRequest, response: NodeResponse): HttpExchange {
  return {
    ...nodeRequestPart(request),
    appendSetCookie: (text) => void response.appendHeader('Set-Cookie', text),
    setHeader: (name, value) => void response.setHeader(name, value),
    hasHeader: (name) => response.hasHeader(name),
  };
}

/** A `Request` of fetch, wherever it comes from. */
export interface FetchRequest {
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** The headers of the answer; `new Headers()` for a `Response` that is made later. */
export interface FetchHeaders {
  append(name: string, value: string): void;
  set(name: string, value: string): void;
  has(name: string): boolean;
}

export function fetchRequestPart(request: FetchRequest): RequestPart {
  return {
    cookieHeader: request.headers.get('cookie'),
    isHttps: request.url.startsWith('https:'),
    pathBase: '',
    header: (name) => request.headers.get(name),
  };
}

export function fetchExchange(request: FetchRequest, headers: FetchHeaders): HttpExchange {
  return {
    ...fetchRequestPart(request),
    appendSetCookie: (text) => headers.append('Set-Cookie', text),
    setHeader: (name, value) => headers.set(name, value),
    hasHeader: (name) => headers.has(name),
  };
}

function isEncrypted(socket: object | null | undefined): boolean {
  return socket != null && 'encrypted' in socket && socket.encrypted === true;
}
