import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** An application of the web platform's shape. */
export interface FetchHandler {
  fetch(request: Request): Response | Promise<Response>;
}

/** Methods that the Fetch standard forbids. */
const unspeakable: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Serves a `{ fetch }` object from `node:http`. */
export function fetchListener(application: FetchHandler): RequestListener {
  return (incoming, outgoing) => void answer(application, incoming, outgoing);
}

async function answer(application: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = requestUrl(incoming);
  if (url === undefined) return void outgoing.writeHead(400, { 'Content-Length': 0 }).end();
  const method = incoming.method ?? 'GET';
  if (unspeakable.has(method)) return void outgoing.writeHead(501, { 'Content-Length': 0 }).end();
  const request = toRequest(url, method, incoming, outgoing);
  outgoing.once('finish', () => discardUnread(request, incoming));
  try {
    await write(await application.fetch(request), outgoing);
  } catch (error) {
    if (outgoing.destroyed) return; // the client left
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500, { 'Content-Length': 0 }).end();
  }
}

function requestUrl({ headers, socket, url = '/' }: IncomingMessage): URL | undefined {
  const scheme = (socket as { encrypted?: boolean }).encrypted === true ? 'https' : 'http';
  const origin = `${scheme}://${headers.host ?? 'localhost'}`;
  return URL.canParse(url, origin) ? new URL(url.startsWith('/') ? origin + url : url, origin) : undefined;
}

function toRequest(url: URL, method: string, incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string);
  }
  const abort = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) abort.abort();
  });
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    ...{ method, headers, signal: abort.signal },
    ...(hasBody ? { body: Readable.toWeb(incoming) as never, duplex: 'half' as const } : {}),
  });
}

/** Who has not begun with a body when the answer is complete will not: the rest would keep the next request waiting. */
function discardUnread({ body, bodyUsed }: Request, incoming: IncomingMessage): void {
  if (body !== null && !bodyUsed && !body.locked) incoming.removeAllListeners('data').resume();
}

async function write(response: Response, outgoing: ServerResponse): Promise<void> {
  // `Set-Cookie` comes once for each cookie.
  const headers = [...response.headers].flat();
  if (response.statusText === '') outgoing.writeHead(response.status, headers);
  else outgoing.writeHead(response.status, response.statusText, headers);
  if (response.body === null) return void outgoing.end();
  outgoing.flushHeaders();
  // Leaving the loop cancels the body.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    // A socket that is gone swallows what is written and says so a turn of the event loop later, which a body that
    // never waits does not let happen.
    if (outgoing.socket?.destroyed !== false) return;
    if (!outgoing.write(chunk)) await drainedOrClosed(outgoing);
  }
  outgoing.end();
}

function drainedOrClosed(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.once('drain', done).once('close', done);
  });
}
