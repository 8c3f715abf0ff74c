import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { TLSSocket } from 'node:tls';
import { reportToStandardError } from './core/report.ts';
import './core/hosted-request.ts';

/** The Node.js side of a request, for what a `Request` cannot tell: the client's address, `pathBase`, `iisUser`. */
export interface FetchContext {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** A web-standard handler. */
export type FetchHandler = (request: Request, context: FetchContext) => Response | PromiseLike<Response>;

/**
 * Makes a request handler for `listen` or `http.createServer` from a web-standard one, or from an object with a
 * `fetch` method, as many frameworks export:
 *
 *     listen(fetchHandler(() => new Response('Hello')));
 *
 * Bodies stream in both directions; `request.signal` aborts when the client leaves. A method that a `Request`
 * cannot have (TRACE) is answered with 501, a host or target that makes no URL with 400, and an exception of the
 * handler with 500 and a line on standard error.
 */
export function fetchHandler(handler: FetchHandler | { fetch: FetchHandler }): RequestListener {
  const call: FetchHandler =
    typeof handler === 'function' ? handler : (request, context) => handler.fetch(request, context);
  return (incoming, outgoing) => {
    void serve(call, incoming, outgoing);
  };
}

async function serve(call: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = urlOf(incoming);
  if (url === undefined) return answer(outgoing, 400);
  if (/^(?:trace|track|connect)$/i.test(incoming.method ?? '')) return answer(outgoing, 501);

  const left = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) left.abort(new DOMException('The client left.', 'AbortError'));
  });
  const request = toRequest(incoming, url, left.signal);
  outgoing.once('finish', () => discardUnread(request, incoming));
  try {
    const response = await call(request, { incoming, outgoing });
    await send(response, incoming, outgoing);
  } catch (error) {
    if (left.signal.aborted) return;
    reportToStandardError(`the fetch handler failed: ${(error as Error)?.stack ?? String(error)}`);
    answer(outgoing, 500);
  }
}

function urlOf(incoming: IncomingMessage): string | undefined {
  const scheme = (incoming.socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  const host = incoming.headers.host ?? 'localhost';
  const target = incoming.url ?? '/';
  // A host with a slash, or a target without one in front, would move the border between the two.
  if (/[/?#\\@]/.test(host) || !target.startsWith('/')) return undefined;
  const url = `${scheme}://${host}${target}`;
  return URL.canParse(url) ? url : undefined;
}

function toRequest(incoming: IncomingMessage, url: string, signal: AbortSignal): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string);
  }
  const method = incoming.method ?? 'GET';
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal });
  return new Request(url, { method, headers, signal, duplex: 'half', body: Readable.toWeb(incoming) as never });
}

/** Who has not begun with a body when the answer is complete will not: the rest would keep the next request waiting. */
function discardUnread({ body, bodyUsed }: Request, incoming: IncomingMessage): void {
  if (body !== null && !bodyUsed && !body.locked) incoming.removeAllListeners('data').resume();
}

async function send(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (!(response instanceof Response)) {
    throw new TypeError(`The fetch handler returned ${typeof response} for ${incoming.method}; expected a Response.`);
  }
  outgoing.statusCode = response.status;
  if (response.statusText !== '') outgoing.statusMessage = response.statusText;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  if (response.body === null) {
    outgoing.end();
  } else if (incoming.method === 'HEAD') {
    outgoing.end();
    await response.body.cancel();
  } else {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
  }
}

function answer(outgoing: ServerResponse, status: number): void {
  if (outgoing.headersSent) outgoing.destroy();
  else outgoing.writeHead(status, { 'content-length': 0 }).end();
}
