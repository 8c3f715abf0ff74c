import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChunkedDecoder } from '../http1/chunked-decoder.ts';
import { RunningGateway } from '../testing/running-gateway.ts';
import { ScriptedUpstream, type UpstreamPeer } from '../testing/scripted-upstream.ts';

/** Every answer is a part of this; no two places of it look alike. */
const noise = Buffer.alloc(6_000_000);
for (let index = 0, state = 1; index < noise.length; index += 4) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  noise.writeUInt32LE(state, index);
}

type Framing = 'length' | 'chunked' | 'until-close';
interface Request {
  readonly from: number;
  readonly length: number;
  readonly framing: Framing;
  /** How much of the body the upstream sends before it resets, per mille. */
  readonly breaksAfter: number;
}
interface Client {
  readonly requests: readonly Request[];
  /** Reads nothing until the clients that do not wait are served. */
  readonly waits: boolean;
  /** Turns of the event loop that it rests after each piece, in turn. */
  readonly rests: readonly number[];
  /** Bytes after which it leaves. */
  readonly leavesAfter: number;
}

/** Answers `GET /from/length/framing/breaksAfter`. */
function answer(peer: UpstreamPeer): void {
  const asked = /GET \/(\d+)\/(\d+)\/([a-z-]+)\/(\d+) HTTP\/1\.1\r\n[^]*\r\n\r\n$/.exec(peer.received);
  if (asked === null) return;
  peer.received = '';
  const { socket } = peer;
  const [from, length, breaksAfter] = [Number(asked[1]), Number(asked[2]), Number(asked[4])];
  const framing = asked[3] as Framing;
  const body = noise.subarray(from, from + length);
  const sent = body.subarray(0, (length * breaksAfter) / 1000);
  const field = { length: `Content-Length: ${length}`, chunked: 'Transfer-Encoding: chunked', 'until-close': 'A: b' };
  socket.cork();
  socket.write(`HTTP/1.1 200 OK\r\n${field[framing]}\r\n\r\n`);
  if (framing === 'chunked') {
    for (let at = 0; at < sent.length; at += 70_000) {
      const chunk = sent.subarray(at, at + 70_000);
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
    }
    if (breaksAfter === 1000) socket.write('0\r\n\r\n');
  } else {
    socket.write(sent);
  }
  socket.uncork();
  if (breaksAfter < 1000) socket.write('', () => socket.resetAndDestroy());
  else if (framing === 'until-close') socket.end();
}

/** Checks every byte of the answers to `requests`, in turn. */
class AnswerReader {
  /** Answers that came whole. */
  whole = 0;
  /** Bytes of the body of the next one. */
  received = 0;
  private readonly requests: readonly Request[];
  private head = '';
  private inBody = false;
  private decoder: ChunkedDecoder | undefined;

  constructor(requests: readonly Request[]) {
    this.requests = requests;
  }

  read(piece: Buffer): void {
    let rest = piece;
    while (rest.length > 0) rest = this.inBody ? this.readBody(rest) : this.readHead(rest);
  }

  private get request(): Request {
    return this.requests[this.whole] as Request;
  }

  private readHead(bytes: Buffer): Buffer {
    const before = this.head.length;
    this.head += bytes.toString('latin1');
    const end = this.head.indexOf('\r\n\r\n');
    if (end === -1) return Buffer.alloc(0);
    expect(this.head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    this.inBody = true;
    this.decoder = this.request.framing === 'length' ? undefined : new ChunkedDecoder('payload');
    return bytes.subarray(end + 4 - before);
  }

  private readBody(bytes: Buffer): Buffer {
    const { decoder, request } = this;
    let end = Math.min(bytes.length, request.length - this.received);
    if (decoder === undefined) {
      this.check(bytes.subarray(0, end));
    } else {
      expect(decoder.decode(bytes, 0, bytes.length)).toBe(undefined);
      for (let index = 0; index < decoder.ranges.length; index += 2) {
        this.check(bytes.subarray(decoder.ranges[index], decoder.ranges[index + 1]));
      }
      end = decoder.done ? decoder.consumed : bytes.length;
    }
    if (decoder?.done ?? this.received === request.length) {
      expect(this.received).toBe(request.length);
      this.whole++;
      this.received = 0;
      this.head = '';
      this.inBody = false;
    }
    return bytes.subarray(end);
  }

  private check(bytes: Buffer): void {
    const from = this.request.from + this.received;
    if (!bytes.equals(noise.subarray(from, from + bytes.length))) {
      throw new Error(`from byte ${this.received} on, ${bytes.length} bytes are not those of the answer`);
    }
    this.received += bytes.length;
  }
}

/** Sends all requests at once and reads the answers, resting as told; resolves when there is nothing more to read. */
async function ask(
  port: number,
  { requests, rests, leavesAfter }: Client,
  mayRead: Promise<void>,
): Promise<AnswerReader> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('close', () => resolve());
  for (const { from, length, framing, breaksAfter } of requests) {
    socket.write(`GET /${from}/${length}/${framing}/${breaksAfter} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  }
  await mayRead;
  const reader = new AnswerReader(requests);
  let bytes = 0;
  let pieces = 0;
  socket.on('data', (piece: Buffer) => {
    bytes += piece.length;
    try {
      reader.read(piece);
    } catch (error) {
      return reject(error as Error);
    }
    if (reader.whole === requests.length || bytes >= leavesAfter) return resolve();
    void rest(socket, rests[pieces++ % rests.length] as number);
  });
  try {
    await promise;
    return reader;
  } finally {
    socket.destroy();
  }
}

async function rest(socket: Socket, turns: number): Promise<void> {
  if (turns === 0) return;
  socket.pause();
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  socket.resume();
}

const plain: Request = { from: 0, length: 0, framing: 'length', breaksAfter: 1000 };
const request = fc.record({
  from: fc.nat(1_000_000),
  length: fc.oneof(fc.integer({ min: 60_000, max: 90_000 }), fc.integer({ min: 1, max: 1_000_000 })),
  framing: fc.constantFrom<Framing>('length', 'length', 'chunked', 'until-close'),
  breaksAfter: fc.constantFrom(...Array<number>(15).fill(1000), 700),
});
/** About what the kernel takes for a client that does not read. */
const filling = fc.integer({ min: 3_900_000, max: 4_500_000 }).map((length): Request => ({ ...plain, length }));
const client = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 12 }),
  filling: fc.option(filling, { nil: undefined }),
  rests: fc.array(fc.constantFrom(0, 0, 1, 20, 300), { minLength: 1, maxLength: 4 }),
  leavesAfter: fc.oneof(fc.constant(Infinity), fc.constant(Infinity), fc.nat(6_000_000)),
});
/** Clients that get the filling answer first wait; what comes then has to wait in the gateway. */
const anyClient = client.map(({ filling: first, requests, ...others }): Client => {
  return { ...others, waits: first !== undefined, requests: first === undefined ? requests : [first, ...requests] };
});

describe('large answers to many clients at once', () => {
  let gateway: RunningGateway;
  const scripted = new ScriptedUpstream(answer);
  beforeAll(async () => {
    gateway = await RunningGateway.start({ forwardOptions: { errorPage: false } });
    gateway.addUpstream(await scripted.listen());
  });
  afterAll(() => {
    gateway.stop();
    scripted.close();
  });

  it('are their own, byte for byte, whoever is slow, leaves or breaks off meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyClient, { minLength: 2, maxLength: 8 }), async (clients) => {
        const eager = clients.filter(({ waits }) => !waits);
        const eagerOnes = eager.map((one) => ask(gateway.port, one, Promise.resolve()));
        // The others do not read until these have been answered: what is for them waits in the gateway meanwhile.
        const served = Promise.allSettled(eagerOnes).then(() => {});
        const others = clients.filter(({ waits }) => waits).map((one) => ask(gateway.port, one, served));
        const readers = await Promise.all([...eagerOnes, ...others]);
        for (const [index, { requests, leavesAfter }] of [
          ...eager,
          ...clients.filter(({ waits }) => waits),
        ].entries()) {
          const broken = requests.findIndex(({ breaksAfter }) => breaksAfter < 1000);
          const { whole } = readers[index] as AnswerReader;
          if (broken !== -1) expect(whole).toBeLessThanOrEqual(broken);
          else if (leavesAfter === Infinity) expect(whole).toBe(requests.length);
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  }, 60_000);
});
