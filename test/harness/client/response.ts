/** A response as it came over the wire. */
export interface Response {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** In order and spelling of the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Interim (1xx) responses that came before. */
  readonly interim: readonly Response[];
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** Value of a field by name, ignoring case; several lines joined with `, `. */
  header(name: string): string | undefined;
  /** Every line of a field. */
  lines(name: string): string[];
  text(): string;
  json<T = any>(): T;
}

export type Parsed = { readonly response: Response; readonly consumed: number } | 'incomplete';

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Reads one response, and the interim ones before it, from the start of `bytes`. Strict: what a careful
 * client would not accept throws. `ended` tells that no more bytes will come.
 */
export function parseResponse(bytes: Buffer, method: string, ended: boolean): Parsed {
  const interim: Response[] = [];
  let offset = 0;
  for (;;) {
    const end = bytes.indexOf(headEnd, offset);
    if (end === -1) return 'incomplete';
    const head = parseHead(bytes.toString('latin1', offset, end));
    const bodyStart = end + 4;
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      interim.push(createResponse(head, Buffer.alloc(0), [], []));
      offset = bodyStart;
      continue;
    }
    const body = readBody(bytes, bodyStart, head, method, ended);
    if (body === 'incomplete') return 'incomplete';
    return { response: createResponse(head, body.body, interim, body.trailers), consumed: body.consumed };
  }
}

type Head = Pick<Response, 'version' | 'status' | 'reason' | 'headers'>;

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const match = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(statusLine);
  if (match === null) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new Error(`not a field: ${JSON.stringify(line)}`);
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (/[\0\r\n]/.test(value)) throw new Error(`not a field value: ${JSON.stringify(line)}`);
    return [name, value] as const;
  });
  return { version: match[1] as string, status: Number(match[2]), reason: match[3] ?? '', headers };
}

type Body = { body: Buffer; consumed: number; trailers: Response['trailers'] } | 'incomplete';

function readBody(bytes: Buffer, start: number, head: Head, method: string, ended: boolean): Body {
  const lines = (name: string) => head.headers.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);
  const lengths = lines('content-length');
  const codings = lines('transfer-encoding');
  if (lengths.length > 1) throw new Error('two Content-Length');
  if (lengths.length > 0 && codings.length > 0) throw new Error('Content-Length and Transfer-Encoding');
  if (method === 'HEAD' || head.status === 204 || head.status === 304 || head.status === 101) {
    return { body: Buffer.alloc(0), consumed: start, trailers: [] };
  }
  if (codings.length > 0) {
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') throw new Error(`coding ${codings.join(', ')}`);
    return readChunks(bytes, start);
  }
  if (lengths.length > 0) {
    if (!/^\d+$/.test(lengths[0] as string)) throw new Error(`Content-Length: ${lengths[0]}`);
    const end = start + Number(lengths[0]);
    if (bytes.length < end) return 'incomplete';
    return { body: bytes.subarray(start, end), consumed: end, trailers: [] };
  }
  if (!ended) return 'incomplete';
  return { body: bytes.subarray(start), consumed: bytes.length, trailers: [] };
}

function readChunks(bytes: Buffer, start: number): Body {
  const pieces: Buffer[] = [];
  let offset = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', offset, 'latin1');
    if (lineEnd === -1) return 'incomplete';
    const line = bytes.toString('latin1', offset, lineEnd);
    if (!/^[0-9a-fA-F]{1,8}$/.test(line)) throw new Error(`chunk size ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const data = lineEnd + 2;
    if (size === 0) return readTrailers(bytes, data, Buffer.concat(pieces));
    if (bytes.length < data + size + 2) return 'incomplete';
    if (bytes.toString('latin1', data + size, data + size + 2) !== '\r\n') throw new Error('chunk without end');
    pieces.push(bytes.subarray(data, data + size));
    offset = data + size + 2;
  }
}

function readTrailers(bytes: Buffer, start: number, body: Buffer): Body {
  if (bytes.toString('latin1', start, start + 2) === '\r\n') return { body, consumed: start + 2, trailers: [] };
  const end = bytes.indexOf(headEnd, start);
  if (end === -1) return 'incomplete';
  const trailers = parseHead(`HTTP/1.1 200 OK\r\n${bytes.toString('latin1', start, end)}`).headers;
  return { body, consumed: end + 4, trailers };
}

function createResponse(
  head: Head,
  body: Buffer,
  interim: readonly Response[],
  trailers: Response['trailers'],
): Response {
  const lines = (name: string) =>
    head.headers.filter(([n]) => n.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return {
    ...head,
    body,
    interim,
    trailers,
    lines,
    header: (name) => {
      const found = lines(name);
      return found.length === 0 ? undefined : found.join(', ');
    },
    text: () => body.toString('utf8'),
    json: () => JSON.parse(body.toString('utf8')),
  };
}
