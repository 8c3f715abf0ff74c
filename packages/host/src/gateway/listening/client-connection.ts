import type { Socket } from 'node:net';
import {
  commonMethods,
  type MessageFailure,
  messageFailurePage,
  messageFailures,
} from '../pipeline/message-failure.ts';
import type { Http1RequestHead } from '../http1/request-head.ts';
import type { RequestBody } from '../http1/request-body.ts';
import type { RequestLine } from '../error-log/error-log-entry.ts';
import type { ClientConnectionFacts, Route } from '../pipeline/exchange.ts';
import type { BodySink, HopCache } from '../pipeline/forwardable.ts';
import type { ClientTimeout } from './client-timeouts.ts';
import { ClientTransport, type TransportOwner } from './client-transport.ts';
import type { ConnectionHost } from './connection-host.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { type RequestOwner, RequestReader } from './request-reader.ts';
import { SitePlace } from './site-place.ts';

/** Rest of a body that is worth reading to keep a connection; the same as lingers after a close. */
const worthReadingBytes = 65_536;

/**
 * One HTTP/1 connection of a client, and how its requests are answered; `RequestReader` is the other half, because a
 * body may still arrive while the answer is sent.
 *
 *   read ─► begun ─► answered ─► read …
 *     └───────┴─► rejected ─► close
 *
 *   1. answer what concerns the server itself
 *   2. route; find a place among the connections of the site
 *   3. run the modules of the route; they answer the exchange
 *   4. answered: close, or read the next request
 */
export class ClientConnection implements ClientConnectionFacts, RequestOwner, TransportOwner {
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly hopCache: HopCache = { upstream: -1, version: '', fields: '' };
  readonly host: ConnectionHost;
  readonly transport: ClientTransport;

  private readonly reader: RequestReader;
  private exchange: Http1Exchange | undefined;
  private closeAfterAnswer = false;
  private probes = 0;
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
    const { headerWaitMs, minBytesPerSecond } = host.limits;
    this.siteTimeoutMs = headerWaitMs;
    this.site = new SitePlace(host.connectionLimits, (entered) => this.enteredSite(entered));
    this.transport = new ClientTransport(socket, this, host.wheel, minBytesPerSecond);
    this.reader = new RequestReader(this, host, this.transport, facts.secure, trusted);
    this.transport.timeouts.awaitFirstByte(headerWaitMs);
  }

  /** Closes as soon as no request is in its hands. */
  drain(): void {
    if (!this.answering && !this.reader.pending) this.transport.close();
  }

  destroy(): void {
    this.exchange?.abort();
    this.transport.destroy();
  }

  // ── requests ──

  get answering(): boolean {
    return this.exchange !== undefined;
  }

  begin(head: Http1RequestHead): void {
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
    const exchange = new Http1Exchange(this, head, route, this.reader.body);
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
    if (this.reader.withinBody) timeouts.awaitBody(this.siteTimeoutMs, this.host.limits.minBytesPerSecond);
    else if (this.reader.clientEnded && head.version === '1.1') timeouts.awaitProbe(true);
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

  readBody(body: RequestBody, sink: BodySink): void {
    this.reader.readBody(body, sink);
  }

  resumeBody(): void {
    this.reader.resumeBody();
  }

  bodyOverLimit(): void {
    this.exchange?.bodyOverLimit();
  }

  // ── answering ──

  /**
   * The `Connection` line of an answer whose head is about to be sent. The connection stays open when the client
   * wants that and the rest of the body, if any, is worth reading for it.
   */
  connectionField(head: Http1RequestHead): string {
    const { body, clientEnded, pending } = this.reader;
    const missing = body === undefined ? 0 : (body.missing ?? Infinity);
    const unwilling = missing > worthReadingBytes || (missing > 0 && head.expectsContinue);
    const last = this.host.draining || (clientEnded && !pending);
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
    this.reader.body?.discard();
    if (this.closeAfterAnswer) return this.transport.close();
    if (this.reader.withinBody) {
      this.transport.timeouts.awaitBody(this.siteTimeoutMs, this.host.limits.minBytesPerSecond);
      return this.transport.resume();
    }
    this.nextRequest();
  }

  nextRequest(): void {
    this.reader.body = undefined;
    if (this.reader.parsePending()) return;
    if (this.reader.clientEnded || this.host.draining) return this.transport.close();
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
  reject(failure: MessageFailure, head?: RequestLine, route?: Route): void {
    const { host } = this;
    host.rejected(this, failure, head, route);
    const page = messageFailurePage(failure);
    const allow = failure.status === 405 ? `Allow: ${commonMethods}\r\n` : '';
    const title = failure.heading.split(' - ', 1)[0] as string;
    this.transport.write(
      `HTTP/1.1 ${failure.status} ${title}\r\nContent-Type: text/html; charset=us-ascii\r\n${allow}${host.date.field}` +
        `Connection: close\r\nContent-Length: ${page.length}\r\n\r\n${head?.method === 'HEAD' ? '' : page}`,
    );
    this.reader.stop();
    this.transport.close();
  }

  /** The body of the current exchange broke the rules, stopped coming or broke off. */
  rejectBody(failure: MessageFailure): void {
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.abort();
    this.reader.body?.abandon();
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

  received(bytes: Buffer): void {
    this.reader.received(bytes);
  }

  drained(): void {
    this.exchange?.listener?.clientDrained();
    if (!this.answering) this.reader.parsePending();
  }

  /**
   * FIN does not say whether the client still reads. A complete request is answered; if that takes long, an interim
   * answer finds out: it provokes a reset from a client that has closed, and means nothing to one that waits.
   */
  ended(): void {
    this.reader.clientEnded = true;
    if (this.transport.closing) return;
    if (this.exchange === undefined) return this.transport.close();
    if (this.reader.withinBody) return this.rejectBody(messageFailures.badRequest);
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
    this.reader.close();
    this.site.leave();
    this.host.closed(this);
  }

  timedOut(what: ClientTimeout): void {
    switch (what) {
      case 'head':
        return this.reject(messageFailures.headerWait, this.reader.partialLine);
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
