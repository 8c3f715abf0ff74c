import { formatAnswerHead } from '../http1/answer-head.ts';
import type { RequestBody } from '../http1/request-body.ts';
import type { Http1RequestHead } from '../http1/request-head.ts';
import type { Answer, Route, StreamedAnswer } from '../pipeline/exchange.ts';
import type {
  BodySink,
  ExchangeListener,
  ForwardableExchange,
  ForwardedRequest,
  HopCache,
  UpstreamResponse,
} from '../pipeline/forwardable.ts';
import type { MessageFailure } from '../pipeline/message-failure.ts';
import type { ClientConnection } from './client-connection.ts';

/** How the bytes of an answer's body go out. `frame` = we put each piece into a chunk. */
type AnswerFraming = 'none' | 'as-is' | 'frame';

/** One request on a client's HTTP/1 connection, and its answer. */
export class Http1Exchange implements ForwardableExchange, ForwardedRequest {
  readonly connection: ClientConnection;
  readonly request: Http1RequestHead;
  readonly route: Route;
  listener: ExchangeListener | undefined;
  aborted = false;
  /** The final status line is out: nothing but this answer, or a reset, can follow. */
  headSent = false;

  private readonly body: RequestBody | undefined;
  private overLimit: { readonly status: number; readonly subStatus: number } = { status: 413, subStatus: 1 };
  private framing: AnswerFraming = 'none';

  constructor(connection: ClientConnection, request: Http1RequestHead, route: Route, body: RequestBody | undefined) {
    this.connection = connection;
    this.request = request;
    this.route = route;
    this.body = body;
  }

  // ── the request, as it goes to an upstream ──

  get forwarded(): ForwardedRequest {
    return this;
  }

  get hopCache(): HopCache {
    return this.connection.hopCache;
  }

  get fields(): string {
    return this.request.fields;
  }

  get hasHost(): boolean {
    return this.request.host !== '';
  }

  get bodyLength(): number {
    return this.request.bodyLength;
  }

  get wholeBody(): string | undefined {
    const { bodyLength, text, end } = this.request;
    if (bodyLength === 0) return '';
    if (bodyLength === -1 || text.length < end + bodyLength) return undefined;
    return text.slice(end, end + bodyLength);
  }

  /** A client that has begun to send its body waits for nothing. */
  get expectsContinue(): boolean {
    return this.request.expectsContinue && this.body?.received === 0;
  }

  get acceptsTrailers(): boolean {
    return this.request.acceptsTrailers;
  }

  get takesChunks(): boolean {
    return this.request.version === '1.1';
  }

  get forwardedFor(): string {
    return this.request.forwardedFor;
  }

  get forwardedProto(): string {
    return this.request.forwardedProto;
  }

  readBody(sink: BodySink): void {
    if (this.body !== undefined) this.connection.readBody(this.body, sink);
  }

  resumeBody(): void {
    this.connection.resumeBody();
  }

  sendContinue(): void {
    if (this.headSent || this.aborted || this.request.version === '1.0') return;
    this.connection.transport.write('HTTP/1.1 100 Continue\r\n\r\n');
  }

  limitBody(bytes: number, failure: { readonly status: number; readonly subStatus: number }): void {
    if (this.body === undefined) return;
    this.overLimit = failure;
    this.body.limitTo(bytes);
    if (this.body.overLimit) this.bodyOverLimit();
  }

  /** The body has grown over its limit. */
  bodyOverLimit(): void {
    const { listener } = this;
    this.listener = undefined;
    this.body?.abandon();
    listener?.clientGone();
    if (this.aborted) return;
    if (this.headSent) return this.respondFailed();
    this.send(this.connection.host.answers.status(this.overLimit.status, this.overLimit.subStatus));
    this.aborted = true;
  }

  // ── an answer of an upstream ──

  respond(response: UpstreamResponse, first: string | Uint8Array, complete: boolean): boolean {
    if (this.aborted) return true;
    this.headSent = true;
    let head = response.head;
    if (!response.hasDate) head += this.connection.host.date.field;
    head += this.beginFraming(response.body);
    head += this.connectionOf(response);
    head += '\r\n';
    const { transport } = this.connection;
    let flowing: boolean;
    if (typeof first === 'string') {
      flowing = transport.write(head + this.framed(first, complete));
    } else {
      transport.hold();
      transport.write(head);
      this.respondMore(first);
      if (complete && this.framing === 'frame') transport.write('0\r\n\r\n');
      flowing = transport.release();
    }
    if (complete) this.finish();
    return flowing;
  }

  /** Decides how the body goes out; returns the line that says so. */
  private beginFraming(body: UpstreamResponse['body']): string {
    const oneDotZero = this.request.version === '1.0';
    this.framing = body === 'none' ? 'none' : body === 'until-close' && !oneDotZero ? 'frame' : 'as-is';
    return !oneDotZero && (body === 'chunked' || body === 'until-close') ? 'Transfer-Encoding: chunked\r\n' : '';
  }

  private connectionOf(response: UpstreamResponse): string {
    // Without chunks, a client of HTTP/1.0 knows the end of an unmeasured body by the end of the connection.
    const unmeasured = response.body === 'chunked' || response.body === 'until-close';
    if (unmeasured && this.request.version === '1.0') return this.connection.closeField();
    if (response.connection !== '') {
      if (/(?:^|[,\s])close(?:$|[,\s])/i.test(response.connection)) return this.connection.closeField();
      return `Connection: ${response.connection}\r\n`;
    }
    return this.connection.connectionField(this.request);
  }

  private framed(piece: string, complete: boolean): string {
    if (this.framing !== 'frame') return piece;
    const chunk = piece === '' ? '' : `${piece.length.toString(16)}\r\n${piece}\r\n`;
    return complete ? `${chunk}0\r\n\r\n` : chunk;
  }

  respondMore(bytes: Uint8Array | string): boolean {
    if (this.aborted || bytes.length === 0) return true;
    const { transport } = this.connection;
    if (typeof bytes === 'string') return transport.write(this.framed(bytes, false));
    if (this.framing !== 'frame') return transport.writeBytes(bytes);
    transport.hold();
    transport.write(`${bytes.length.toString(16)}\r\n`);
    transport.writeBytes(bytes);
    transport.write('\r\n');
    return transport.release();
  }

  get flushed(): boolean {
    return this.connection.transport.flushed;
  }

  /** With chunk framing of the upstream, trailers came within it; a client of HTTP/1.0 knows none. */
  respondEnd(trailers: string): void {
    if (this.aborted) return;
    if (this.framing === 'frame') this.connection.transport.write(`0\r\n${trailers}\r\n`);
    this.finish();
  }

  respondFailed(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.listener = undefined;
    this.connection.transport.reset();
  }

  refuse(failure: MessageFailure): void {
    if (this.aborted) return;
    this.aborted = true;
    this.listener = undefined;
    this.connection.refuse(failure);
  }

  // ── an answer of a module ──

  send(answer: Answer): void {
    if (this.aborted) return;
    const { body } = answer;
    const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const { transport } = this.connection;
    const head = this.beginAnswer(answer, length);
    transport.hold();
    transport.write(head);
    if (body !== undefined && length > 0 && !this.bodiless(answer.status)) {
      transport.writeBytes(typeof body === 'string' ? Buffer.from(body) : body);
    }
    transport.release();
    this.finish();
  }

  async stream(answer: StreamedAnswer): Promise<void> {
    if (this.aborted) return;
    const flow = new ClientFlow();
    this.listener = flow;
    this.connection.transport.write(this.beginAnswer(answer, answer.length));
    if (!this.bodiless(answer.status)) {
      try {
        await this.streamBody(answer, flow);
      } catch (error) {
        this.respondFailed();
        throw error;
      }
    }
    if (!this.aborted) this.respondEnd('');
  }

  private async streamBody(answer: StreamedAnswer, flow: ClientFlow): Promise<void> {
    let sent = 0;
    for await (const piece of answer.body) {
      if (this.aborted) return;
      sent += piece.length;
      if (answer.length !== undefined && sent > answer.length) break;
      if (!this.respondMore(piece)) await flow.drained();
      if (this.aborted) return;
    }
    if (answer.length !== undefined && sent !== answer.length) {
      throw new Error(`the body has ${sent} bytes or more where ${answer.length} were declared`);
    }
  }

  /** Head of an answer of ours, with its blank line; `length` undefined = not known. */
  private beginAnswer(answer: Omit<Answer, 'body'>, length: number | undefined): string {
    if (this.headSent) throw new Error('the request has been answered already');
    const { status } = answer;
    let head = formatAnswerHead(status, answer.reason, answer.headers);
    this.headSent = true;
    head += this.connection.host.date.field;
    if (this.bodiless(status)) {
      this.framing = 'none';
      if (this.request.method === 'HEAD' && status !== 204 && status !== 304 && length !== undefined) {
        head += `Content-Length: ${length}\r\n`;
      }
    } else if (length !== undefined) {
      this.framing = 'as-is';
      head += `Content-Length: ${length}\r\n`;
    } else {
      head += this.beginFraming('until-close');
      if (this.request.version === '1.0') return `${head}${this.connection.closeField()}\r\n`;
    }
    return `${head}${this.connection.connectionField(this.request)}\r\n`;
  }

  private bodiless(status: number): boolean {
    return this.request.method === 'HEAD' || status === 204 || status === 304;
  }

  // ── the end ──

  private finish(): void {
    this.listener = undefined;
    this.connection.answered();
  }

  /** The client is gone, or its request broke off. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    const { listener } = this;
    this.listener = undefined;
    listener?.clientGone();
  }
}

/** Lets a streamed answer wait until the client takes more. */
class ClientFlow implements ExchangeListener {
  private wake: (() => void) | undefined;

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  clientDrained(): void {
    this.wake?.();
    this.wake = undefined;
  }

  clientGone(): void {
    this.clientDrained();
  }
}
