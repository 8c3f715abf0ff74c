import { type Http1ResponseHead, parseResponseHead } from '../http1/response-head.ts';
import type { BodySink, ExchangeListener, ForwardableExchange } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';
import type { ConnectionOwner } from './connection-owner.ts';
import type { ForwardingFailure } from './forwarding-failure.ts';
import type { LiveUpstream } from './live-upstream.ts';
import { formatRequestHead } from './request-head-text.ts';
import { ReadBuffer } from './read-buffer.ts';
import { ResponseBody } from './response-body.ts';
import { maxInterimResponses, maxResponseHeadBytes } from './response-limits.ts';
import { upstreamResponse } from './upstream-response.ts';
import { UpstreamSocket } from './upstream-socket.ts';
import { UpstreamTimeouts } from './upstream-timeouts.ts';

/** Pieces up to this size go on as strings: copied, but in the same write as what comes before them. */
const smallPieceBytes = 16_384;
/** How long an idle connection to an application is used that does not name its own limit: Node.js closes after 5 s. */
const unknownIdleLimitMs = 4_000;
const idleMarginMs = 1_000;

/**
 * One HTTP/1.1 connection to an upstream: one request at a time, never pipelined.
 *
 *   idle ─► head ─► body ─► idle …
 *     └───────┴───────┴───► closed
 *
 * `head` and `body` say what of the response is awaited; the request's body may be on its way meanwhile.
 */
export class UpstreamConnection implements BodySink, ExchangeListener {
  idleSince = 0;
  /** How long it may be idle and still be used. */
  idleLimitMs: number;

  private readonly upstream: LiveUpstream;
  private readonly owner: ConnectionOwner;
  private readonly socket: UpstreamSocket;
  private readonly timeouts: UpstreamTimeouts;
  private readonly buffer: ReadBuffer;
  private state: 'idle' | 'head' | 'body' | 'closed' = 'idle';
  private connected = false;
  private reused = false;
  private errorCode = '';
  private paused = false;

  // The request in hand.
  private exchange: ForwardableExchange | undefined;
  private options: ForwardOptions | undefined;
  private retries = 0;
  private requestSent = false;
  private awaitsContinue = false;

  // Its response.
  private answered = false;
  private interim = 0;
  /** Beginning of a head. */
  private partial: Buffer | undefined;
  private keepAlive = false;
  private body: ResponseBody | undefined;

  constructor(upstream: LiveUpstream, owner: ConnectionOwner) {
    this.upstream = upstream;
    this.owner = owner;
    this.idleLimitMs = upstream.facts.kind === 'worker' ? Infinity : unknownIdleLimitMs;
    this.timeouts = new UpstreamTimeouts(this, owner.wheel);
    this.buffer = new ReadBuffer(owner.readBuffers);
    const onread = {
      buffer: () => this.buffer.next,
      callback: (length: number, buffer: Uint8Array) => {
        const { exchange } = this;
        this.received(buffer as Buffer, length);
        this.handedOn(length, exchange);
        return true;
      },
    };
    this.socket = new UpstreamSocket({ onread });
    const { address } = upstream.facts;
    if ('path' in address) this.socket.connect({ path: address.path });
    else this.socket.setNoDelay(true).connect({ ...address, autoSelectFamily: false });
    this.socket.on('connect', () => {
      this.connected = true;
      if (this.awaitsContinue) return this.timeouts.awaitContinue();
      this.timeouts.connected();
      if (!this.requestSent) this.exchange?.readBody(this);
    });
    this.socket.on('drain', () => this.exchange?.resumeBody());
    this.socket.on('end', () => this.ended());
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code ?? error.name;
    });
    this.socket.on('close', () => {
      this.closed();
      this.buffer.close();
    });
    upstream.connections.add(this);
  }

  // ── the request ──

  /** Sends a request; the connection must be idle. */
  send(exchange: ForwardableExchange, options: ForwardOptions, retries: number): void {
    const { forwarded } = exchange;
    this.state = 'head';
    this.exchange = exchange;
    this.options = options;
    this.retries = retries;
    this.answered = false;
    this.interim = 0;
    exchange.listener = this;
    this.awaitsContinue = forwarded.expectsContinue;
    const head = formatRequestHead(exchange, this.upstream.facts, this.awaitsContinue);
    const whole = forwarded.wholeBody;
    this.requestSent = whole !== undefined;
    this.timeouts.begin(this.connected, options.requestTimeoutMs);
    this.socket.keepsAnswer = whole === undefined;
    if (whole !== undefined) {
      this.socket.write(head + whole, 'latin1');
    } else if (this.awaitsContinue) {
      this.socket.write(head, 'latin1');
      if (this.connected) this.timeouts.awaitContinue();
    } else if (!this.connected) {
      // The body stays where it is until there is somebody to send it to: the request may have to go elsewhere.
      this.socket.write(head, 'latin1');
    } else {
      this.socket.cork();
      this.socket.write(head, 'latin1');
      exchange.readBody(this);
      this.socket.uncork();
    }
  }

  /** The upstream wants the body, or has not refused it for a second. */
  continueRequest(): void {
    if (!this.awaitsContinue) return;
    this.awaitsContinue = false;
    this.timeouts.continued();
    this.exchange?.sendContinue();
    this.exchange?.readBody(this);
  }

  bodyData(bytes: Uint8Array): boolean {
    if (this.exchange === undefined) return true;
    this.timeouts.active();
    // What the kernel took at once blocks nobody, whatever `write` says.
    const flowing = this.socket.write(bytes) || this.socket.writableLength === 0;
    return flowing && !this.socket.writeFailed;
  }

  bodyEnd(): void {
    this.requestSent = true;
    this.timeouts.active();
  }

  /** Never a clean end: the upstream sees the connection break. */
  bodyFailed(): void {
    this.clientGone();
  }

  // ── the response ──

  private received(buffer: Buffer, length: number): void {
    this.timeouts.active();
    if (this.state === 'head') this.receivedHead(buffer, length);
    else if (this.state === 'body') this.receivedBody(buffer, length);
    // Nothing was asked: whatever this is, it must not become the answer to the next request.
    else this.destroy();
  }

  private receivedHead(buffer: Buffer, length: number): void {
    this.answered = true;
    let bytes = buffer;
    let end = length;
    if (this.partial !== undefined) {
      bytes = Buffer.concat([this.partial, buffer.subarray(0, length)]);
      end = bytes.length;
      this.partial = undefined;
    }
    while (this.state === 'head' && end > 0) {
      let text = bytes.toString('latin1', 0, Math.min(end, smallPieceBytes));
      let head = parseResponseHead(bytes, text);
      if (head === undefined && end > smallPieceBytes) {
        text = bytes.toString('latin1', 0, Math.min(end, maxResponseHeadBytes + 1));
        head = parseResponseHead(bytes, text);
      }
      if (head === undefined) return this.awaitRestOfHead(bytes, end);
      if ('reason' in head) return this.fail('response head invalid', head.reason);
      if (head.end > maxResponseHeadBytes) return this.fail('response head too large', `${head.end} bytes`);
      if (head.status >= 200) return this.begin(head, text, bytes, end);
      bytes = bytes.subarray(head.end, end);
      end = bytes.length;
      this.interimResponse(head.status);
    }
  }

  private awaitRestOfHead(bytes: Buffer, end: number): void {
    if (end > maxResponseHeadBytes) return this.fail('response head too large', `${end} bytes`);
    this.partial = Buffer.from(bytes.subarray(0, end));
  }

  private interimResponse(status: number): void {
    if (status === 101) return this.fail('unsolicited upgrade', 'status 101');
    if (++this.interim > maxInterimResponses) return this.fail('too many interim responses', `${this.interim}`);
    // Others mean nothing to an HTTP/1.1 client that did not ask for them.
    if (status === 100) this.continueRequest();
  }

  /** The final head, and what came of the body with it: one write when it is small. */
  private begin(head: Http1ResponseHead, text: string, bytes: Buffer, end: number): void {
    const exchange = this.exchange as ForwardableExchange;
    const options = this.options as ForwardOptions;
    this.keepAlive = head.keepAlive;
    if (head.keepAliveTimeoutMs >= 0 && this.idleLimitMs !== Infinity) {
      this.idleLimitMs = Math.max(0, head.keepAliveTimeoutMs - idleMarginMs);
    }
    const body = new ResponseBody(head, exchange.request.method, exchange.forwarded);
    this.body = body;
    const failure = body.receive(bytes, head.end, end);
    if (failure !== undefined) return this.fail('response body broken', failure);
    const response = upstreamResponse(head, body.kind, options);
    const first = text.length === end ? body.cut(text) : this.buffer.lasting(body.slice(bytes));
    if (body.complete) {
      this.release();
      exchange.respond(response, first, true);
      return;
    }
    this.state = 'body';
    this.flow(exchange.respond(response, first, false));
  }

  private receivedBody(buffer: Buffer, length: number): void {
    const exchange = this.exchange as ForwardableExchange;
    const body = this.body as ResponseBody;
    const failure = body.receive(buffer, 0, length);
    if (failure !== undefined) return this.fail('response body broken', failure);
    const piece =
      length <= smallPieceBytes
        ? body.cut(buffer.toString('latin1', 0, length))
        : this.buffer.lasting(body.slice(buffer));
    if (body.complete) {
      this.release();
      exchange.respondMore(piece);
      exchange.respondEnd(body.trailers);
      return;
    }
    this.flow(exchange.respondMore(piece));
  }

  /** After every read. `exchange`: whose answer it was. */
  private handedOn(length: number, exchange: ForwardableExchange | undefined): void {
    const ended = this.exchange !== exchange;
    if (!this.buffer.handedOn(length > smallPieceBytes, ended, exchange)) this.pause();
  }

  private flow(flowing: boolean): void {
    if (!flowing) this.pause();
  }

  private pause(): void {
    if (this.exchange === undefined) return;
    this.paused = true;
    this.socket.pause();
  }

  clientDrained(): void {
    if (!this.paused) return;
    this.paused = false;
    this.timeouts.active();
    this.socket.resume();
  }

  // ── the end ──

  /** Whether the upstream is the one to act: a client that sends or takes slowly is not the upstream's fault. */
  get owes(): boolean {
    return !this.paused && (this.requestSent || this.socket.writableNeedDrain || this.socket.writeFailed);
  }

  timedOut(what: 'connect' | 'inactive'): void {
    if (what === 'connect') this.fail('connect timed out', 'ETIMEDOUT');
    else this.fail(this.state === 'head' ? 'response timed out' : 'response body timed out', 'ETIMEDOUT');
  }

  /** The client left, or broke off its body. The upstream's connection ends at once: that is how it learns. */
  clientGone(): void {
    if (this.exchange === undefined) return;
    this.detach();
    this.destroy();
    this.owner.released(this.upstream);
  }

  /** The process is gone, and what it sent before has had its time to arrive. */
  abandon(): void {
    if (this.exchange === undefined) this.destroy();
    else this.fail('process gone', '');
  }

  /** Closes; a request in hand is not answered. */
  destroy(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.timeouts.remove();
    this.upstream.forget(this);
    this.socket.destroy();
  }

  private ended(): void {
    const { exchange, body } = this;
    if (exchange === undefined) {
      if (this.upstream.facts.kind === 'worker') this.owner.closedByWorker(this.upstream);
      return this.destroy();
    }
    if (this.state === 'head') return this.fail('closed before response', this.answered ? 'head incomplete' : 'EOF');
    if (body?.kind !== 'until-close') return this.fail('response body broken', 'EOF');
    this.release();
    exchange.respondEnd('');
  }

  private closed(): void {
    if (this.exchange !== undefined) {
      if (!this.connected) this.fail('connect failed', this.errorCode);
      else if (this.state !== 'head') this.fail('response body broken', this.errorCode);
      else this.fail(this.refused ? 'closed before request' : 'closed before response', this.errorCode);
    }
    this.destroy();
    this.owner.closed(this.upstream);
  }

  /**
   * Whether the request cannot have arrived: it was one write to a unix socket whose other end was closed. TCP
   * does not tell, there the kernel takes the bytes and learns later.
   */
  private get refused(): boolean {
    const whole = this.exchange?.forwarded.wholeBody !== undefined;
    return this.errorCode === 'EPIPE' && whole && 'path' in this.upstream.facts.address;
  }

  /** The response is complete: back to the idle ones, if both messages ended where they should. */
  private release(): void {
    const { body } = this;
    const clean = body !== undefined && body.complete && !body.surplus;
    const sent = this.requestSent && !this.socket.writeFailed;
    const reusable = clean && sent && this.keepAlive && this.state !== 'closed';
    this.detach();
    if (reusable) {
      this.state = 'idle';
      this.reused = true;
      this.upstream.keep(this);
    } else {
      this.destroy();
    }
    this.owner.released(this.upstream);
  }

  private fail(failure: ForwardingFailure, detail: string): void {
    const { exchange, options, reused, answered, retries, upstream } = this;
    if (exchange === undefined || options === undefined) return;
    this.detach();
    this.destroy();
    this.owner.failed({ exchange, options, upstream, failure, detail, reused, answered, retries });
  }

  private detach(): void {
    if (this.exchange !== undefined) this.exchange.listener = undefined;
    this.exchange = undefined;
    this.options = undefined;
    this.body = undefined;
    this.partial = undefined;
    this.awaitsContinue = false;
    this.timeouts.end();
    if (this.paused) {
      this.paused = false;
      this.socket.resume();
    }
  }
}
