import { readRequestLine, type RequestLine } from '../error-log/error-log-entry.ts';
import { AuthorityCache } from '../http1/authority.ts';
import { RequestBody } from '../http1/request-body.ts';
import { type HeadContext, Http1RequestHead, parseRequestHead } from '../http1/request-head.ts';
import type { BodySink } from '../pipeline/forwardable.ts';
import { type MessageFailure, messageFailures } from '../pipeline/message-failure.ts';
import type { ClientTransport } from './client-transport.ts';
import type { ConnectionHost } from './connection-host.ts';

/** Who answers the requests that are read. */
export interface RequestOwner {
  /** A request is being answered: the next one waits. */
  readonly answering: boolean;
  /** A request whose head is whole; its body, if any, is `body` of the reader. */
  begin(head: Http1RequestHead): void;
  /** What came is no request that could be answered by an exchange. */
  reject(failure: MessageFailure, line: RequestLine | undefined): void;
  /** The body of a request that has begun breaks the rules. */
  rejectBody(failure: MessageFailure): void;
  bodyOverLimit(): void;
  /** The request has been answered, and now its body has come to its end. */
  nextRequest(): void;
}

/**
 * The reading half of a client's connection: bytes become requests, one at a time; what a client pipelines waits.
 *
 *   1. skip empty lines, parse the head
 *   2. take along what came of the body, so that a broken one reaches no application
 *   3. begin the request
 *   4. its body goes where the exchange wants it, or is dropped
 *   5. when it is answered and the body complete: the next one
 */
export class RequestReader {
  /** Body of the request, or of the one before while its rest is dropped. */
  body: RequestBody | undefined;
  /** The client sends nothing more. */
  clientEnded = false;

  private readonly owner: RequestOwner;
  private readonly host: ConnectionHost;
  private readonly transport: ClientTransport;
  private readonly context: HeadContext;
  /** Received, not parsed yet: the beginning of a head, or what a client pipelined. */
  private unread: Buffer | undefined;
  private parsing = false;
  /** A part of a head is here, and counted. */
  private halfReceived = false;

  /** `secure`, `trusted`: see `HeadContext`. */
  constructor(
    owner: RequestOwner,
    host: ConnectionHost,
    transport: ClientTransport,
    secure: boolean,
    trusted: boolean,
  ) {
    this.owner = owner;
    this.host = host;
    this.transport = transport;
    const { maxRequestBytes, maxFieldBytes, maxFields } = host.limits;
    this.context = {
      maxRequestBytes,
      maxFieldBytes: Math.min(maxFieldBytes, maxRequestBytes),
      maxFields,
      secure,
      trusted,
      authorities: new AuthorityCache(),
    };
  }

  /** Something has come that is not parsed yet. */
  get pending(): boolean {
    return this.unread !== undefined;
  }

  /** What comes next belongs to a body, wanted or not. */
  get withinBody(): boolean {
    return this.body !== undefined && !this.body.complete;
  }

  received(bytes: Buffer): void {
    if (this.withinBody) return this.receivedBody(this.body as RequestBody, bytes);
    if (this.unread === undefined) {
      this.unread = bytes;
    } else {
      // A head in pieces is parsed again only when a line has ended: a slow client cannot make it quadratic.
      this.unread = Buffer.concat([this.unread, bytes]);
      if (!bytes.includes(0x0a) && this.unread.length <= this.context.maxRequestBytes) return;
    }
    if (this.owner.answering) this.transport.pause();
    else this.parse();
  }

  /** Begins the requests that have come already. False: there is nothing to begin one with. */
  parsePending(): boolean {
    if (this.unread === undefined) return false;
    this.parse();
    return true;
  }

  /** Parses heads and begins their requests as long as there are any and no answer is outstanding. */
  private parse(): void {
    // A request that is answered at once comes back here from `nextRequest`: the loop goes on instead of nesting.
    if (this.parsing) return;
    this.parsing = true;
    let progress = true;
    while (progress && this.unread !== undefined && this.mayBegin) {
      const bytes = this.unread;
      this.unread = undefined;
      progress = this.parseRequest(bytes) && !this.transport.closing;
    }
    this.parsing = false;
    this.readOn();
  }

  /** A client that pipelines and does not read gets no further answers to hold for it. */
  private get mayBegin(): boolean {
    return !this.owner.answering && !this.withinBody && !this.transport.blocked;
  }

  /** Reads from the socket unless what was read already has to wait for an answer. */
  private readOn(): void {
    if (this.transport.closing) return;
    if (!this.owner.answering) {
      if (this.unread !== undefined && this.transport.blocked) this.transport.pause();
      else if (this.clientEnded) this.transport.close();
      else this.transport.resume();
    } else if (this.unread !== undefined) {
      this.transport.pause();
    } else if (!this.withinBody) {
      // A client that leaves is noticed only while its socket is read.
      this.transport.resume();
    }
  }

  // ── the head ──

  /** False: more bytes are needed, or none are wanted any more. */
  private parseRequest(bytes: Buffer): boolean {
    if (bytes[0] === 0x0d) return this.parseAfterEmptyLines(bytes);
    const text = bytes.toString('latin1', 0, Math.min(bytes.length, this.context.maxRequestBytes + 1));
    const head = parseRequestHead(bytes, text, this.context);
    if (head === undefined) {
      this.awaitRestOfHead(bytes, text);
      return false;
    }
    this.headIsWhole();
    if (!(head instanceof Http1RequestHead)) {
      this.owner.reject(head, readRequestLine(text));
      return false;
    }
    if (head.bodyLength !== 0) return this.beginWithBody(head, bytes);
    this.body = undefined;
    if (head.end < bytes.length) this.unread = bytes.subarray(head.end);
    this.owner.begin(head);
    return true;
  }

  /** Clients of old send CRLF after a body (RFC 9112 §2.2); how many is bounded by the timer of the head. */
  private parseAfterEmptyLines(bytes: Buffer): boolean {
    let start = 0;
    while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
    if (start === bytes.length) return false;
    if (start > 0) return this.parseRequest(bytes.subarray(start));
    if (bytes.length === 1) this.awaitRestOfHead(bytes, '');
    else this.owner.reject(messageFailures.verb, undefined);
    return false;
  }

  private awaitRestOfHead(bytes: Buffer, text: string): void {
    const { connectionLimits, limits } = this.host;
    if (text.length > this.context.maxRequestBytes) {
      const failure = text.includes('\n') ? messageFailures.headTooLong : messageFailures.targetTooLong;
      return this.owner.reject(failure, readRequestLine(text));
    }
    if (!this.halfReceived && !connectionLimits.beginHead()) {
      return this.owner.reject(messageFailures.overload, undefined);
    }
    this.halfReceived = true;
    this.unread = bytes;
    this.transport.timeouts.awaitHead(limits.headerWaitMs);
  }

  private headIsWhole(): void {
    if (!this.halfReceived) return;
    this.halfReceived = false;
    this.host.connectionLimits.endHead();
  }

  /** What the beginning of a head says that has not become whole. */
  get partialLine(): RequestLine | undefined {
    return this.unread === undefined ? undefined : readRequestLine(this.unread.toString('latin1'));
  }

  // ── the body ──

  private beginWithBody(head: Http1RequestHead, bytes: Buffer): boolean {
    const { bodies, connectionLimits } = this.host;
    if (bodies.exhausted) {
      connectionLimits.refuseBody();
      this.owner.reject(messageFailures.overload, head);
      return false;
    }
    const body = new RequestBody(head.bodyLength, bodies);
    this.body = body;
    const { end, more } = body.receive(bytes, head.end);
    const failure = body.failure ?? (this.clientEnded && !body.complete ? messageFailures.badRequest : undefined);
    if (failure !== undefined) {
      this.owner.reject(failure, head);
      return false;
    }
    if (end < bytes.length) this.unread = bytes.subarray(end);
    if (more) this.transport.resume();
    else this.transport.pause();
    this.owner.begin(head);
    return true;
  }

  private receivedBody(body: RequestBody, bytes: Buffer): void {
    this.transport.timeouts.bodyReceived(bytes.length);
    const { end, more } = body.receive(bytes, 0);
    if (body.failure !== undefined) return this.owner.rejectBody(body.failure);
    if (body.overLimit) return this.owner.bodyOverLimit();
    if (!body.complete) {
      if (!more) this.transport.pause();
      return;
    }
    if (end < bytes.length) this.unread = bytes.subarray(end);
    if (!this.owner.answering) return this.owner.nextRequest();
    this.transport.timeouts.awaitNothing();
    this.readOn();
  }

  /** Starts handing over the body; once per exchange. */
  readBody(body: RequestBody, sink: BodySink): void {
    if (body.attach(sink)) this.resumeBody();
    else if (!body.complete) this.transport.pause();
  }

  resumeBody(): void {
    if (this.withinBody) this.transport.resume();
  }

  // ── the end ──

  /** Nothing more is parsed, and nobody wants the rest of the body. */
  stop(): void {
    this.body?.discard();
    this.unread = undefined;
  }

  /** The socket is gone. */
  close(): void {
    this.body?.abandon();
    this.headIsWhole();
  }
}
