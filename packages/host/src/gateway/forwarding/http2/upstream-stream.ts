import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpStatusHeader } from 'node:http2';
import { ChunkedDecoder } from '../../http1/chunked-decoder.ts';
import type { Http1ResponseHead } from '../../http1/response-head.ts';
import type { BodySink, ExchangeListener, ForwardableExchange } from '../../pipeline/forwardable.ts';
import { messageFailures } from '../../pipeline/message-failure.ts';
import type { ForwardOptions } from '../../pipeline/module.ts';
import type { ConnectionOwner } from '../connection-owner.ts';
import type { ForwardingFailure } from '../forwarding-failure.ts';
import type { LiveUpstream } from '../live-upstream.ts';
import { ResponseBody } from '../response-body.ts';
import { maxInterimResponses, maxResponseHeadBytes } from '../response-limits.ts';
import { upstreamResponse } from '../upstream-response.ts';
import { UpstreamTimeouts } from '../upstream-timeouts.ts';
import { watchEnd } from './end-of-stream.ts';
import { formatRequestFields, type RequestFields } from './request-fields.ts';
import { readResponseFields, readTrailers } from './response-fields.ts';
import type { UpstreamSession } from './upstream-session.ts';
import type { UpstreamSessions } from './upstream-sessions.ts';

const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_FLAG_END_STREAM, NGHTTP2_REFUSED_STREAM } = constants;
/** Of RFC 9113 §7, for the operator. */
const errorNames: readonly string[] = [
  ...['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED'],
  ...['FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM'],
  ...['INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED'],
];

/**
 * One request to an HTTP/2 upstream; what `UpstreamConnection` is for HTTP/1.1, but used once.
 *
 *   waiting ─► head ─► body ─► answered ─► closed
 *      └─────────┴───────┴────────────────────┘
 *
 * `waiting`: for the session. `head` and `body` say what of the response is awaited; the request's body may be on its
 * way meanwhile.
 */
export class UpstreamStream implements BodySink, ExchangeListener {
  private readonly upstream: LiveUpstream;
  private readonly owner: ConnectionOwner;
  private readonly sessions: UpstreamSessions;
  private readonly timeouts: UpstreamTimeouts;
  private session: UpstreamSession | undefined;
  private stream: ClientHttp2Stream | undefined;
  private state: 'waiting' | 'head' | 'body' | 'answered' | 'closed' = 'waiting';
  private paused = false;
  private reused = false;

  // The request.
  private exchange: ForwardableExchange | undefined;
  private options: ForwardOptions | undefined;
  private retries = 0;
  private fields: RequestFields | undefined;
  /** Takes the framing of an HTTP/1.1 body away. */
  private chunks: ChunkedDecoder | undefined;
  private bodyTaken = false;
  private requestSent = false;
  private awaitsContinue = false;
  private cancellation: AbortController | undefined;

  // Its response.
  private answered = false;
  private interim = 0;
  private body: ResponseBody | undefined;
  private trailers = '';
  /** The server has ended the stream; what it sent may still have to be read. */
  private ended = false;
  private errorCode = '';

  constructor(upstream: LiveUpstream, owner: ConnectionOwner, sessions: UpstreamSessions) {
    this.upstream = upstream;
    this.owner = owner;
    this.sessions = sessions;
    this.timeouts = new UpstreamTimeouts(this, owner.wheel);
  }

  // ── the request ──

  /** Sends the request, as soon as there is a session; once. */
  send(exchange: ForwardableExchange, options: ForwardOptions, retries: number): void {
    const { forwarded } = exchange;
    this.exchange = exchange;
    this.options = options;
    this.retries = retries;
    exchange.listener = this;
    this.awaitsContinue = forwarded.expectsContinue;
    this.fields = formatRequestFields(exchange, this.upstream.facts, this.awaitsContinue);
    if (forwarded.bodyLength === -1) this.chunks = new ChunkedDecoder('payload');
    this.sessions.enter(this, this.owner);
  }

  /** A session will take it; maybe not at once. */
  enter(session: UpstreamSession): void {
    this.session = session;
    if (this.options !== undefined) this.timeouts.begin(session.connected, this.options.requestTimeoutMs);
  }

  /** The session is connected, and not ready yet. */
  connected(): void {
    this.timeouts.connected();
  }

  /** The session is ready. `maxHeaderListBytes`: what its server takes. */
  begin(http2: ClientHttp2Session, maxHeaderListBytes: number): void {
    const { exchange, fields } = this;
    if (exchange === undefined || fields === undefined) return;
    if (http2.closed) return this.fail('request refused', 'GOAWAY');
    if (fields.size > maxHeaderListBytes) return this.refuse(exchange);
    this.state = 'head';
    this.reused = this.session?.used === true;
    const whole = exchange.forwarded.wholeBody;
    this.requestSent = whole !== undefined;
    if (whole === undefined) this.cancellation = new AbortController();
    const stream = http2.request(fields.list, {
      endStream: whole === '',
      ...(this.cancellation === undefined ? {} : { signal: this.cancellation.signal }),
    });
    this.stream = stream;
    this.listen(stream);
    if (whole !== undefined) {
      if (whole !== '') stream.end(whole, 'latin1');
    } else if (this.awaitsContinue) {
      this.timeouts.awaitContinue();
    } else {
      this.readBody();
    }
  }

  private listen(stream: ClientHttp2Stream): void {
    watchEnd(stream, () => {
      this.ended = true;
    });
    stream.on('headers', (headers) => this.interimResponse(headers));
    stream.on('response', (headers, flags, fields) => this.receivedHead(stream, headers, flags, fields));
    stream.on('trailers', (_headers, _flags, fields) => this.receivedTrailers(fields));
    stream.on('drain', () => this.exchange?.resumeBody());
    stream.on('end', () => this.completed());
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code ?? error.name;
    });
    stream.on('close', () => this.closed(stream));
  }

  /** More fields than the server takes: the client hears so, and no other request suffers. */
  private refuse(exchange: ForwardableExchange): void {
    this.detach();
    exchange.refuse(messageFailures.headTooLong);
    this.owner.released(this.upstream);
  }

  /** The upstream wants the body, or has not refused it for a second. */
  continueRequest(): void {
    if (!this.awaitsContinue) return;
    this.awaitsContinue = false;
    this.timeouts.continued();
    this.exchange?.sendContinue();
    this.readBody();
  }

  private readBody(): void {
    this.bodyTaken = true;
    this.exchange?.readBody(this);
  }

  bodyData(bytes: Uint8Array): boolean {
    const { stream, chunks } = this;
    if (this.exchange === undefined || stream === undefined) return true;
    this.timeouts.active();
    if (chunks === undefined) return stream.write(bytes);
    // The client's side has checked the framing, and made it canonical.
    if (chunks.decode(bytes, 0, bytes.length) !== undefined) {
      this.clientGone();
      return true;
    }
    const { ranges } = chunks;
    for (let index = 0; index < ranges.length; index += 2) {
      stream.write(bytes.subarray(ranges[index], ranges[index + 1]));
    }
    return !stream.writableNeedDrain;
  }

  bodyEnd(): void {
    if (this.exchange === undefined) return;
    this.requestSent = true;
    this.timeouts.active();
    this.stream?.end();
  }

  /** Never a clean end: the upstream sees the stream reset. */
  bodyFailed(): void {
    this.clientGone();
  }

  // ── the response ──

  private interimResponse(headers: IncomingHttpStatusHeader): void {
    if (this.state !== 'head') return;
    this.answered = true;
    this.timeouts.active();
    const status = headers[':status'];
    if (status === 101) return this.fail('unsolicited upgrade', 'status 101');
    if (++this.interim > maxInterimResponses) return this.fail('too many interim responses', `${this.interim}`);
    if (status === 100) this.continueRequest();
  }

  /** The final head, and what came of the body with it. */
  private receivedHead(
    stream: ClientHttp2Stream,
    headers: IncomingHttpStatusHeader,
    flags: number,
    fields: readonly string[],
  ): void {
    const { exchange, options } = this;
    if (exchange === undefined || options === undefined || this.state !== 'head') return;
    this.answered = true;
    this.timeouts.active();
    const head = readResponseFields(headers[':status'] ?? 0, fields);
    if ('reason' in head) return this.fail('response head invalid', head.reason);
    if (head.end > maxResponseHeadBytes) return this.fail('response head too large', `${head.end} bytes`);
    const body = new ResponseBody(head, exchange.request.method, exchange.forwarded);
    if ((flags & NGHTTP2_FLAG_END_STREAM) !== 0) return this.receivedHeadAlone(head, body, exchange, options);
    const first = (stream.read() ?? Buffer.alloc(0)) as Buffer;
    body.receive(first, 0, first.length);
    if (body.surplus) return this.fail('response body broken', 'more bytes than Content-Length says');
    this.body = body;
    this.state = 'body';
    const flowing = exchange.respond(upstreamResponse(head, body.kind, options), first, false);
    stream.on('data', (bytes: Buffer) => this.receivedBody(bytes));
    this.flow(flowing);
  }

  private receivedHeadAlone(
    head: Http1ResponseHead,
    body: ResponseBody,
    exchange: ForwardableExchange,
    options: ForwardOptions,
  ): void {
    const unmeasured = body.kind === 'until-close';
    if (!body.complete && !unmeasured) return this.fail('response body broken', 'END_STREAM');
    if (unmeasured) head.head += 'Content-Length: 0\r\n';
    this.release();
    exchange.respond(upstreamResponse(head, unmeasured ? 'length' : body.kind, options), '', true);
  }

  private receivedBody(bytes: Buffer): void {
    const { exchange, body } = this;
    if (exchange === undefined || body === undefined) return;
    this.timeouts.active();
    body.receive(bytes, 0, bytes.length);
    if (body.surplus) return this.fail('response body broken', 'more bytes than Content-Length says');
    this.flow(exchange.respondMore(bytes));
  }

  private receivedTrailers(fields: readonly string[]): void {
    if (this.exchange === undefined) return;
    const trailers = readTrailers(fields);
    if (trailers === undefined) return this.fail('response body broken', 'trailers are malformed');
    if (this.exchange.forwarded.acceptsTrailers) this.trailers = trailers;
  }

  /** All that came has been read. */
  private completed(): void {
    const { exchange, body, trailers } = this;
    // Else it broke off, and 'close' says why.
    if (exchange === undefined || body === undefined || !this.ended) return;
    if (body.kind === 'length' && !body.complete) return this.fail('response body broken', 'END_STREAM');
    this.release();
    exchange.respondEnd(trailers);
  }

  private flow(flowing: boolean): void {
    if (flowing || this.exchange === undefined) return;
    this.paused = true;
    this.stream?.pause();
  }

  clientDrained(): void {
    if (!this.paused) return;
    this.paused = false;
    this.timeouts.active();
    this.stream?.resume();
  }

  // ── the end ──

  /** Whether the upstream is the one to act: a client that sends or takes slowly is not the upstream's fault. */
  get owes(): boolean {
    if (this.paused) return false;
    return this.state === 'waiting' || this.requestSent || this.stream?.writableNeedDrain === true;
  }

  timedOut(what: 'connect' | 'inactive'): void {
    if (what === 'connect') {
      this.session?.leave();
      return this.fail('connect timed out', 'ETIMEDOUT');
    }
    this.fail(this.state === 'body' ? 'response body timed out' : 'response timed out', 'ETIMEDOUT');
  }

  /** The client left, or broke off its body. A reset is how the upstream learns. */
  clientGone(): void {
    if (this.exchange === undefined) return;
    this.detach();
    this.owner.released(this.upstream);
  }

  /** The process is gone; a request that waited for the session may go to another. */
  abandon(): void {
    this.fail(this.state === 'waiting' ? 'closed before request' : 'process gone', '');
  }

  private closed({ id = 0, rstCode }: ClientHttp2Stream): void {
    const { session } = this;
    if (this.exchange === undefined || session === undefined) return;
    if (session.destroyed) return session.lost(this.errorCode);
    const refused = rstCode === NGHTTP2_REFUSED_STREAM || session.refuses(id);
    const detail = errorNames[rstCode] ?? `error ${rstCode}`;
    if (this.state === 'body') return this.fail('response body broken', detail);
    if (refused && !this.bodyTaken) return this.fail('request refused', detail);
    if (rstCode !== NGHTTP2_ENHANCE_YOUR_CALM || this.answered) return this.fail('reset before response', detail);
    // Node.js turns streams away so, and ends the session with the hundredth.
    session.leave();
    this.fail('session overloaded', detail);
  }

  /** The connection is gone with all its streams. */
  sessionLost(session: UpstreamSession, detail: string): void {
    if (this.state === 'body') return this.fail('response body broken', detail);
    if (this.state === 'waiting')
      return this.fail(session.connected ? 'closed before request' : 'connect failed', detail);
    if (session.refuses(this.stream?.id ?? 0) && !this.bodyTaken) return this.fail('request refused', detail);
    // A server that says goodbye is not one that died.
    this.fail(session.announced ? 'reset before response' : 'closed before response', detail);
  }

  /** The response is complete. */
  private release(): void {
    if (this.session !== undefined) this.session.used = true;
    this.state = 'answered';
    this.detach();
    this.owner.released(this.upstream);
  }

  private fail(failure: ForwardingFailure, detail: string): void {
    const { exchange, options, reused, answered, retries, upstream } = this;
    if (exchange === undefined || options === undefined) return;
    this.detach();
    this.owner.failed({ exchange, options, upstream, failure, detail, reused, answered, retries });
  }

  private detach(): void {
    if (this.exchange !== undefined) this.exchange.listener = undefined;
    this.exchange = this.options = this.fields = undefined;
    this.timeouts.remove();
    // An early answer: what is left of the request, nobody wants.
    if (this.state !== 'answered' || !this.requestSent) this.cancel();
    this.state = 'closed';
    this.session?.remove(this);
  }

  /**
   * Resets the stream. While the request's body is not complete, `close` would end it cleanly first, and the
   * application would take a part for the whole; an abort does not.
   */
  private cancel(): void {
    const { stream, cancellation } = this;
    if (cancellation !== undefined && !this.requestSent) cancellation.abort();
    // It ended, but what it brought was not read.
    else if (stream?.closed === true) stream.destroy();
    else stream?.close(NGHTTP2_CANCEL);
  }
}
