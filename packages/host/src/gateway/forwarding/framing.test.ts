import { createServer, type Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawClient } from '../testing/raw-client.ts';
import { RunningGateway } from '../testing/running-gateway.ts';

/** What the application's own parser (node:http) makes of what the gateway sends. */
let requests: string[] = [];
let refusals: string[] = [];
/** The gateway may break a request off, and passes any token as method; it may never send anything malformed. */
const innocent = new Set(['ECONNRESET', 'HPE_INVALID_EOF_STATE', 'HPE_INVALID_METHOD']);
let gateway: RunningGateway;
let server: Server;
let upstream: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    request.on('end', () => response.end('ok'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refusals.push(error.code ?? error.message);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gateway = await RunningGateway.start();
  upstream = gateway.addUpstream((server.address() as { port: number }).port);
});
afterAll(() => {
  gateway.stop();
  server.close();
  server.closeAllConnections();
});

const line = fc.constantFrom(
  'GET / HTTP/1.1',
  'POST / HTTP/1.1',
  'POST /a HTTP/1.0',
  'HEAD / HTTP/1.1',
  'PUT /b HTTP/1.1',
  'get / HTTP/1.1',
);
const field = fc.oneof(
  fc.constantFrom(
    'X: 1',
    'Connection: close',
    'Connection: X',
    'Expect: 100-continue',
    'Upgrade: h2c',
    'TE: trailers',
    'Cookie: a\tb',
  ),
  fc.nat(12).map((length) => `Content-Length: ${length}`),
  fc.constantFrom('Content-Length: 007', 'content-length : 5', 'Content-Length: 5, 5', 'Content-Length:\t5 '),
  fc.constantFrom(
    'Transfer-Encoding: chunked',
    'transfer-encoding:chunked',
    'Transfer-Encoding: CHUNKED ',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: chunked, chunked',
    'Transfer_Encoding: chunked',
  ),
);
const body = fc.oneof(
  fc.constantFrom(
    '',
    'abcde',
    '5\r\nabcde\r\n0\r\n\r\n',
    '0\r\n\r\n',
    '05;x\r\nabcde\r\n0\r\nX: 1\r\n\r\n',
    '5\nabcde\r\n0\r\n\r\n',
    '3\r\nabcde\r\n0\r\n\r\n',
    'ffffffffff\r\n',
  ),
  fc.string({ maxLength: 12 }),
);
const oneRequest = fc
  .tuple(line, fc.array(field, { maxLength: 4 }), body)
  .map(([first, fields, rest]) => `${[first, 'Host: a.test', ...fields, '', ''].join('\r\n')}${rest}`);
/** A byte lost, doubled or changed, as a scanner for weaknesses would. */
const mutation = fc.tuple(
  fc.constantFrom('drop', 'double', 'change'),
  fc.nat(400),
  fc.constantFrom('\r', '\n', ' ', '\t', ':', '0', '\0', ';', '\x0b'),
);

function mutate(text: string, mutations: readonly (readonly [string, number, string])[]): string {
  let mutated = text;
  for (const [kind, at, byte] of mutations) {
    const position = at % mutated.length;
    const replacement = kind === 'drop' ? '' : kind === 'double' ? `${mutated[position]}${mutated[position]}` : byte;
    mutated = mutated.slice(0, position) + replacement + mutated.slice(position + 1);
  }
  return mutated;
}

it('H-163 H-164 whatever clients send, the application reads as many requests as the gateway sent, none malformed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(oneRequest, { minLength: 1, maxLength: 3 }),
      fc.array(mutation, { maxLength: 3 }),
      async (texts, mutations) => {
        requests = [];
        refusals = [];
        const before = gateway.served(upstream);
        const client = new RawClient(gateway.port);
        client.socket.end(`${mutate(texts.join(''), mutations)}`, 'latin1');
        await client.until(({ ended }) => ended);
        client.destroy();
        while (gateway.active(upstream) > 0) await new Promise((resolve) => setImmediate(resolve));
        expect(refusals.filter((code) => !innocent.has(code))).toEqual([]);
        expect(requests.length).toBeLessThanOrEqual(gateway.served(upstream) - before);
      },
    ),
    { numRuns: 300 },
  );
}, 30_000);
