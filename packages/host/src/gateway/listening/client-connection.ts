import type { Socket } from 'node:net';
import { AuthorityCache } from '../http1/authority.ts';
import {
  commonMethods,
  type MessageFailure,
  messageFailurePage,
  messageFailures,
} from '../pipeline/message-failure.ts';
import { type HeadContext, Http1RequestHead, parseRequestHead } from '../http1/request-head.ts';
import { RequestBody } from '../http1/request-body.ts';
import { readRequestLine, type RequestLine } from '../error-log/error-log-entry.ts';
import type { ClientConnectionFacts, Route } from '../pipeline/exchange.ts';
import type { BodySink, HopCache } from '../pipeline/forwardable.ts';
import type { ClientTimeout } from './client-timeouts.ts';
import { ClientTransport, type TransportOwner } from './client-transport.ts';
import type { ConnectionHost } from './connection-host.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { SitePlace } from './site-place.ts';

/** Rest of a body that is worth reading to keep a connection; the same as lingers after a close. */
const worthReadingBytes = 65_536;

/**
 * One HTTP/1 connection of a client: one request at a time, what a client pipelines waits.
 *
 *   received ─► head ─► body ─► answered ─┐
 *      ▲          └► rejected ─► close    │
 *      └──────────────────────────────────┘
 *
 * Reading and answering are two halves: a body may still arrive while the answer is sent.
 */
export class ClientConnection implements ClientConnectionFacts, TransportOwner {
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly hopCache: HopCache = { upstream: -1, version: '', fields: '' };
  readonly host: ConnectionHost;
  readonly transport: ClientTransport;

  private readonly context: HeadContext;
  private exchange: Http1Exchange | undefined;
  /** Body of the exchange, or of the one before while its rest is dropped. */
  private body: RequestBody | undefined;
  /** Received, not parsed yet: the beginning of a head, or what a client pipelined. */
  private unread: Buffer | undefined;
  private parsing = false;
  private closeAfterAnswer = false;
  private clientEnded = false;
  private probes = 0;
  /** A part of a head is here, and counted. */
  private halfReceived = false;
  private readonly site: SitePlace;
  /** `connectionTimeout` of the last site. */
  private siteTimeoutMs: number;

  constructor(socket: Socket, host: ConnectionHost, facts: ClientConnectionFacts, trusted: boolean) {
    this.host = host;
    this.secure = facts.secure;
    this.remoteAddress = facts.remoteAddress;
    this.remotePort = facts.remotePort;
    this.localAddress = facts.localAddress;
    this.localPort = facts.localPort;
    const { maxRequestBytes, maxFieldBytes, maxFields, headerWaitMs, minBytesPerSecond } = host.limits;
    this.context = {
      maxRequestBytes,
      maxFieldBytes: Math.min(maxFieldBytes, maxRequestBytes),
      maxFields,
      secure: facts.secure,
      trusted,
      authorities: new AuthorityCache(),
    };
    this.siteTimeoutMs = headerWaitMs;
    this.site = new SitePlace(host.connectionLimits, (entered) => this.enteredSite(entered));
    this.transport = new ClientTransport(socket, this, host.wheel, minBytesPerSecond);
    this.transport.timeouts.awaitFirstByte(headerWaitMs);
  }

  /** Closes as soon as no request is in its hands. */
  drain(): void {
    if (this.exchange === undefined && this.unread === undefined) this.transport.close();
  }

  destroy(): void {
    this.exchange?.abort();
    this.transport.destroy();
  }

  // ── reading ──

  received(bytes: Buffer): void {
    if (this.dropsOrReadsBody) return this.receivedBody(this.body as RequestBody, bytes);
    if (this.unread === undefined) {
      this.unread = bytes;
    } else {
      // A head in pieces is parsed again only when a line has ended: a slow client cannot make it quadratic.
      this.unread = Buffer.concat([this.unread, bytes]);
      if (!bytes.includes(0x0a) && this.unread.length <= this.context.maxRequestBytes) return;
    }
    if (this.exchange === undefined) this.parse();
    else this.transport.pause();
  }

  /** Parses heads and runs their requests as long as there are any and no answer is outstanding. */
  private parse(): void {
    // A request that is answered at once comes back here from `answered`: the loop goes on instead of nesting.
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
    return this.exchange === undefined && !this.dropsOrReadsBody && !this.transport.blocked;
  }

  private get dropsOrReadsBody(): boolean {
    return this.body !== undefined && !this.body.complete;
  }

  /** Reads from the socket unless what was read already has to wait for an answer. */
  private readOn(): void {
    if (this.transport.closing) return;
    if (this.exchange === undefined) {
      if (this.unread !== undefined && this.transport.blocked) this.transport.pause();
      else if (this.clientEnded) this.transport.close();
      else this.transport.resume();
    } else if (this.unread !== undefined) {
      this.transport.pause();
    } else if (!this.dropsOrReadsBody) {
      // A client that leaves is noticed only while its socket is read.
      this.transport.resume();
    }
  }

  /**
   *   1. skip empty lines, parse the head
   *   2. take along what came of the body, so that a broken one reaches no application
   *   3. answer what concerns the server; route the rest and run its modules
   *
   * False = more bytes are needed.
   */
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
      this.reject(head, readRequestLine(text));
      return false;
    }
    if (head.bodyLength !== 0) return this.beginBody(head, bytes);
    this.body = undefined;
    if (head.end < bytes.length) this.unread = bytes.subarray(head.end);
    this.begin(head);
    return true;
  }

  /** Clients of old send CRLF after a body (RFC 9112 §2.2); how many is bounded by the timer of the head. */
  private parseAfterEmptyLines(bytes: Buffer): boolean {
    let start = 0;
    while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
    if (start === bytes.length) return false;
    if (start > 0) return this.parseRequest(bytes.subarray(start));
    if (bytes.length === 1) this.awaitRestOfHead(bytes, '');
    else this.reject(messageFailures.verb);
    return false;
  }

  private awaitRestOfHead(bytes: Buffer, text: string): void {
    if (text.length > this.context.maxRequestBytes) {
      const failure = text.includes('\n') ? messageFailures.headTooLong : messageFailures.targetTooLong;
      return this.reject(failure, readRequestLine(text));
    }
    if (!this.halfReceived && !this.host.connectionLimits.beginHead()) return this.reject(messageFailures.overload);
    this.halfReceived = true;
    this.unread = bytes;
    this.transport.timeouts.awaitHead(this.host.limits.headerWaitMs);
  }

  private headIsWhole(): void {
    if (!this.halfReceived) return;
    this.halfReceived = false;
    this.host.connectionLimits.endHead();
  }

  private beginBody(head: Http1RequestHead, bytes: Buffer): boolean {
    const { bodies, connectionLimits } = this.host;
    if (bodies.exhausted) {
      connectionLimits.refuseBody();
      this.reject(messageFailures.overload, head);
      return false;
    }
    const body = new RequestBody(head.bodyLength, bodies);
    this.body = body;
    const { end, more } = body.receive(bytes, head.end);
    const failure = body.failure ?? (this.clientEnded && !body.complete ? messageFailures.badRequest : undefined);
    if (failure !== undefined) {
      this.reject(failure, head);
      return false;
    }
    if (end < bytes.length) this.unread = bytes.subarray(end);
    if (more) this.transport.resume();
    else this.transport.pause();
    this.begin(head);
    return true;
  }

  private begin(head: Http1RequestHead): void {
    const { host } = this;
    this.closeAfterAnswer = false;
    if (head.target === '*') return this.answerOptions(head);
    if (head.method === 'TRACE') return this.reject(messageFailures.method, head);
    const route = host.route({
      localAddress: this.localAddress,
      localPort: this.localPort,
      secure: this.secure,
      host: head.host,
      target: head.target,
    });
    if ('failure' in route) return this.reject(route, head);
    const place = this.site.enter(route.site.id);
    if (place === 'refused') return this.reject(messageFailures.siteConnections, head);
    this.siteTimeoutMs = route.site.connectionTimeoutMs;
    this.awaitDuringAnswer(head);
    const exchange = new Http1Exchange(this, head, route, this.body);
    this.exchange = exchange;
    if (place === 'taken') host.run(exchange);
  }

  /** The exchange has waited for this, unless its client has left or its body broke off meanwhile. */
  private enteredSite(entered: boolean): void {
    if (this.exchange === undefined) return;
    if (entered) this.host.run(this.exchange);
    else this.exchange.refuse(messageFailures.siteConnections);
  }

  private awaitDuringAnswer(head: Http1RequestHead): void {
    const { timeouts } = this.transport;
    if (this.dropsOrReadsBody) timeouts.awaitBody(this.siteTimeoutMs, this.host.limits.minBytesPerSecond);
    else if (this.clientEnded && head.version === '1.1') timeouts.awaitProbe(true);
    else timeouts.awaitNothing();
  }

  /** `OPTIONS *` concerns the server and no site (RFC 9110 §9.3.7). */
  private answerOptions(head: Http1RequestHead): void {
    const { date } = this.host;
    this.transport.write(
      `HTTP/1.1 200 OK\r\nAllow: ${commonMethods}\r\nContent-Length: 0\r\n${date.field}${this.connectionField(head)}\r\n`,
    );
    this.answered();
  }

  private receivedBody(body: RequestBody, bytes: Buffer): void {
    this.transport.timeouts.bodyReceived(bytes.length);
    const { end, more } = body.receive(bytes, 0);
    if (body.failure !== undefined) return this.rejectBody(body.failure);
    if (body.overLimit) {
      this.exchange?.bodyOverLimit();
      return;
    }
    if (!body.complete) {
      if (!more) this.transport.pause();
      return;
    }
    if (end < bytes.length) this.unread = bytes.subarray(end);
    if (this.exchange === undefined) return this.nextRequest();
    this.transport.timeouts.awaitNothing();
    this.readOn();
  }

  /** Starts handing over the body; once per exchange. */
  readBody(body: RequestBody, sink: BodySink): void {
    if (body.attach(sink)) this.resumeBody();
    else if (!body.complete) this.transport.pause();
  }

  resumeBody(): void {
    if (this.dropsOrReadsBody) this.transport.resume();
  }

  // ── answering ──

  /**
   * The `Connection` line of an answer whose head is about to be sent. The connection stays open when the client
   * wants that and the rest of the body, if any, is worth reading for it.
   */
  connectionField(head: Http1RequestHead): string {
    const missing = this.body === undefined ? 0 : (this.body.missing ?? Infinity);
    const unwilling = missing > worthReadingBytes || (missing > 0 && head.expectsContinue);
    const last = this.host.draining || (this.clientEnded && this.unread === undefined);
    if (!head.keepAlive || unwilling || last) return this.closeField();
    return head.version === '1.0' ? 'Connection: keep-alive\r\n' : '';
  }

  /** The `Connection` line of an answer that ends the connection. */
  closeField(): string {
    this.closeAfterAnswer = true;
    return 'Connection: close\r\n';
  }

  /** All of the answer is written. */
  answered(): void {
    this.exchange = undefined;
    this.body?.discard();
    if (this.closeAfterAnswer) return this.transport.close();
    if (this.dropsOrReadsBody) {
      this.transport.timeouts.awaitBody(this.siteTimeoutMs, this.host.limits.minBytesPerSecond);
      return this.transport.resume();
    }
    this.nextRequest();
  }

  private nextRequest(): void {
    this.body = undefined;
    if (this.unread !== undefined) return this.parse();
    if (this.clientEnded || this.host.draining) return this.transport.close();
    this.transport.timeouts.awaitNextRequest(this.siteTimeoutMs);
    this.transport.resume();
  }

  /** The current exchange is answered by the message layer. */
  refuse(failure: MessageFailure): void {
    if (failure.status === 0) return this.reset(failure);
    const { exchange } = this;
    this.exchange = undefined;
    this.reject(failure, exchange?.request, exchange?.route);
  }

  /** Answers in the message layer and closes. */
  private reject(failure: MessageFailure, head?: RequestLine, route?: Route): void {
    const { host } = this;
    host.rejected(this, failure, head, route);
    const page = messageFailurePage(failure);
    const allow = failure.status === 405 ? `Allow: ${commonMethods}\r\n` : '';
    const title = failure.heading.split(' - ', 1)[0] as string;
    this.transport.write(
      `HTTP/1.1 ${failure.status} ${title}\r\nContent-Type: text/html; charset=us-ascii\r\n${allow}${host.date.field}` +
        `Connection: close\r\nContent-Length: ${page.length}\r\n\r\n${head?.method === 'HEAD' ? '' : page}`,
    );
    this.body?.discard();
    this.unread = undefined;
    this.transport.close();
  }

  /** The body of the current exchange broke the rules, stopped coming or broke off. */
  private rejectBody(failure: MessageFailure): void {
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.abort();
    this.body?.abandon();
    if (exchange !== undefined && !exchange.headSent) return this.reject(failure, exchange.request, exchange.route);
    this.host.rejected(this, { ...failure, status: 0 }, exchange?.request, exchange?.route);
    this.transport.reset();
  }

  /** The client gets no answer, or no more of it. */
  private reset(failure: MessageFailure): void {
    const { exchange } = this;
    this.host.rejected(this, failure, exchange?.request, exchange?.route);
    this.exchange = undefined;
    exchange?.abort();
    this.transport.reset();
  }

  // ── the socket ──

  drained(): void {
    this.exchange?.listener?.clientDrained();
    if (this.exchange === undefined && this.unread !== undefined) this.parse();
  }

  /**
   * FIN does not say whether the client still reads. A complete request is answered; if that takes long, an interim
   * answer finds out: it provokes a reset from a client that has closed, and means nothing to one that waits.
   */
  ended(): void {
    this.clientEnded = true;
    if (this.transport.closing) return;
    if (this.exchange === undefined) return this.transport.close();
    if (this.dropsOrReadsBody) return this.rejectBody(messageFailures.badRequest);
    if (this.exchange.request.version === '1.1') this.transport.timeouts.awaitProbe(true);
  }

  private probe(): void {
    this.exchange?.sendContinue();
    this.probes++;
    if (this.probes === 1) this.transport.timeouts.awaitProbe(false);
  }

  closed(): void {
    const { exchange } = this;
    this.exchange = undefined;
    if (exchange !== undefined && !exchange.aborted) {
      const failure = exchange.headSent ? messageFailures.dropped : messageFailures.clientReset;
      this.host.rejected(this, failure, exchange.request, exchange.route);
      exchange.abort();
    }
    this.body?.abandon();
    this.headIsWhole();
    this.site.leave();
    this.host.closed(this);
  }

  timedOut(what: ClientTimeout): void {
    switch (what) {
      case 'head':
        return this.reject(messageFailures.headerWait, readRequestLine(this.unread?.toString('latin1') ?? ''));
      case 'body':
        return this.rejectBody(messageFailures.entityBody);
      case 'probe':
        return this.probe();
      case 'write':
        return this.reset(messageFailures.minBytesPerSecond);
      case 'first byte':
      case 'idle':
        this.host.rejected(this, messageFailures.connectionIdle, undefined, undefined);
        return this.transport.destroy();
      default:
        return this.transport.destroy();
    }
  }
}
