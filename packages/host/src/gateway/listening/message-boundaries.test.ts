import { createServer, type Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawClient } from '../testing/raw-client.ts';
import { RunningGateway } from '../testing/running-gateway.ts';

/**
 * Where messages end, by two readers: what an application gets through the gateway, however a stream of bytes was cut,
 * against what the parser of node:http makes of the same stream when it gets it directly.
 */
interface Read {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

let read: Read[] = [];
/** The parser of node:http refuses methods that it does not know; the gateway passes any token. */
let unknownMethod = false;
let gateway: RunningGateway;
let application: Server;
let direct: Server;
let upstream: number;

/** Notes requests that came whole, and answers each with its number of bytes. */
function echo(): Server {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (piece: string) => (body += piece));
    request.on('error', () => {});
    request.on('end', () => {
      read.push({ method: request.method, url: request.url, body });
      response.end(`${body.length}`);
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'HPE_INVALID_METHOD') unknownMethod = true;
    socket.destroy();
  });
  return server;
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

beforeAll(async () => {
  [application, direct] = [echo(), echo()];
  await Promise.all(
    [application, direct].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  );
  gateway = await RunningGateway.start();
  upstream = gateway.addUpstream(portOf(application));
});
afterAll(() => {
  gateway.stop();
  for (const server of [application, direct]) {
    server.close();
    server.closeAllConnections();
  }
});

/** Sends pieces so that each arrives by itself, then FIN; returns what the client and the application saw. */
async function send(pieces: readonly string[]): Promise<{ answers: string[]; reads: readonly Read[] }> {
  read = [];
  const client = new RawClient(gateway.port);
  const before = gateway.clientBytes;
  let sent = 0;
  for (const piece of pieces) {
    client.send(piece);
    sent += piece.length;
    // The gateway reads no further while it answers, and not at all after it refused.
    while (gateway.clientBytes - before < sent && !client.ended) await new Promise((resolve) => setImmediate(resolve));
    if (client.ended) break;
  }
  client.socket.end();
  await client.until(({ ended }) => ended);
  client.destroy();
  while (gateway.active(upstream) > 0) await new Promise((resolve) => setImmediate(resolve));
  return { answers: answersOf(client.received), reads: read };
}

/** Statuses and bodies, without what depends on time: interim answers, dates, and the pages of refusals. */
function answersOf(received: string): string[] {
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((answer) => /^HTTP\/1\.1 [2-5]/.test(answer))
    .map((answer) => answer.slice(9, 12));
}

async function sendDirect(text: string): Promise<readonly Read[]> {
  read = [];
  const client = new RawClient(portOf(direct));
  client.send(text);
  client.socket.end();
  await client.until(({ ended }) => ended);
  client.destroy();
  return read;
}

const body = fc.string({ unit: fc.constantFrom('a', '0', '5', '\r', '\n', ';', ' '), maxLength: 14 });
const sized = body.map((data) => `Content-Length: ${data.length}\r\n\r\n${data}`);
const chunked = fc
  .array(
    fc.tuple(
      body.filter((data) => data !== ''),
      fc.constantFrom('', ';a', ';a="b c"'),
      fc.nat(2),
    ),
    { maxLength: 3 },
  )
  .map((chunks) => {
    const parts = chunks.map(
      ([data, extension, zeros]) => `${'0'.repeat(zeros)}${data.length.toString(16)}${extension}\r\n${data}\r\n`,
    );
    return `Transfer-Encoding: chunked\r\n\r\n${parts.join('')}0\r\n\r\n`;
  });
const request = fc
  .tuple(
    fc.constantFrom('GET /a?b=1', 'POST /c', 'PUT /d', 'HEAD /e'),
    fc.array(fc.constantFrom('X: 1', 'Accept: */*', 'Connection: keep-alive', 'Expect: 100-continue'), {
      maxLength: 2,
    }),
    fc.oneof(sized, chunked, fc.constant('\r\n')),
  )
  .map(([line, fields, rest]) => `${[`${line} HTTP/1.1`, 'Host: a.test', ...new Set(fields), ''].join('\r\n')}${rest}`);
const stream = fc.array(request, { minLength: 1, maxLength: 4 }).map((requests) => requests.join(''));
const mutation = fc.tuple(
  fc.constantFrom('drop', 'double', 'change'),
  fc.nat(999),
  fc.constantFrom('\r', '\n', ' ', ':', '0', '\0', '\xa0', 'x'),
);
const cuts = fc.array(fc.nat(999), { maxLength: 8 });

function mutate(text: string, mutations: readonly (readonly [string, number, string])[]): string {
  let mutated = text;
  for (const [kind, at, byte] of mutations) {
    const position = at % mutated.length;
    const here = mutated.charAt(position);
    const instead = kind === 'drop' ? '' : kind === 'double' ? here + here : byte;
    mutated = mutated.slice(0, position) + instead + mutated.slice(position + 1);
  }
  return mutated;
}

function cutAt(text: string, at: readonly number[]): string[] {
  const ends = [...new Set([...at.map((cut) => cut % text.length), text.length])].toSorted((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)).filter((piece) => piece !== '');
}

it('reads a stream of requests alike, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(stream, fc.array(mutation, { maxLength: 2 }), cuts, async (text, mutations, at) => {
      // A head without a line break is not looked at again before one comes: the last garbage gets one.
      const bytes = `${mutate(text, mutations)}\r\n`;
      unknownMethod = false;
      const whole = await send([bytes]);
      const cut = await send(cutAt(bytes, at));
      fc.pre(!unknownMethod);
      expect(cut).toEqual(whole);
    }),
    { numRuns: 200 },
  );
}, 60_000);

it('reads no request in another place than node:http, and every good one', async () => {
  await fc.assert(
    fc.asyncProperty(stream, fc.array(mutation, { maxLength: 3 }), async (text, mutations) => {
      const bytes = mutate(text, mutations);
      unknownMethod = false;
      const ours = (await send([bytes])).reads;
      const theirs = await sendDirect(bytes);
      fc.pre(!unknownMethod);
      // Each may refuse what the other takes, and reads nothing after that.
      const both = Math.min(ours.length, theirs.length);
      expect(ours.slice(0, both)).toEqual(theirs.slice(0, both));
      if (bytes === text) expect(ours).toEqual(theirs);
    }),
    { numRuns: 200 },
  );
}, 60_000);
