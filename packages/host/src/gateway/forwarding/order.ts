import type { ToGateway } from '@poolhouse/contract';
import { pairingTokenHeader } from '@poolhouse/contract';
import type { ClientConnectionFacts, RequestHead, Route } from '../pipeline/exchange.ts';
import type {
  ExchangeListener,
  ForwardableExchange,
  ForwardedRequest,
  HopCache,
  UpstreamResponse,
} from '../pipeline/forwardable.ts';
import { Deadline, type TimerWheel } from '../timing/timer-wheel.ts';
import { LiveUpstream } from './live-upstream.ts';
import type { ConnectionOwner, FailedRequest } from './connection-owner.ts';
import { ReadBuffers } from './read-buffers.ts';

export type Order = Extract<ToGateway, { type: 'order' }>;
/** Status of the answer, or 0 with what went wrong. */
export type OrderResult = { readonly status: number; readonly error?: string };

/**
 * Sends one request of the supervisor's (a warm-up, the module's shutdown message) over a connection of its own,
 * and drops the body of the answer. It is not part of any queue or count.
 */
export function carryOut(
  order: Order,
  wheel: TimerWheel,
  readBuffer: Buffer,
  done: (result: OrderResult) => void,
): void {
  const exchange = new OrderExchange(order, wheel, done);
  const upstream = new LiveUpstream(order.upstream, wheel);
  const owner: ConnectionOwner = {
    wheel,
    readBuffers: new ReadBuffers(readBuffer),
    released: () => upstream.closeIdle(),
    failed: ({ failure, detail }: FailedRequest) =>
      exchange.finish({ status: 0, error: `${failure} ${detail}`.trim() }),
    closedByWorker: () => {},
    closed: () => {},
  };
  // A connection that is released goes at once: nothing else will use it.
  upstream.state = 'retiring';
  upstream
    .open(owner)
    .send(exchange, { requestTimeoutMs: 0, forwardResponseConnectionHeader: false, errorPage: false }, 0);
}

/** The supervisor as a client. */
class OrderExchange extends Deadline implements ForwardableExchange, ForwardedRequest {
  readonly request: RequestHead;
  readonly connection: ClientConnectionFacts;
  readonly hopCache: HopCache = { upstream: -1, version: '', fields: '' };
  listener: ExchangeListener | undefined;
  aborted = false;
  headSent = false;

  // What is forwarded: fields and no body.
  readonly fields: string;
  readonly hasHost: boolean;
  readonly bodyLength = 0;
  readonly wholeBody = '';
  readonly expectsContinue = false;
  readonly acceptsTrailers = false;
  readonly takesChunks = false;
  readonly forwardedFor = '';
  readonly forwardedProto = '';
  readonly flushed = true;

  private readonly target: string;
  private readonly wheel: TimerWheel;
  private readonly done: (result: OrderResult) => void;
  private status = 0;

  constructor(order: Order, wheel: TimerWheel, done: (result: OrderResult) => void) {
    super();
    const { method, target, headers, client, limitMs } = order;
    // The gateway itself says to whom the process belongs.
    const own = headers.filter(([name]) => name.toUpperCase() !== pairingTokenHeader);
    this.fields = own.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.hasHost = own.some(([name]) => name.toLowerCase() === 'host');
    this.target = target;
    this.request = {
      method,
      target,
      version: '1.1',
      header: (name) => own.find(([known]) => known.toLowerCase() === name)?.[1],
      fieldLines: () => this.fields,
    };
    this.connection = {
      secure: client.scheme === 'https',
      remoteAddress: client.address,
      remotePort: client.port,
      localAddress: '127.0.0.1',
      localPort: client.scheme === 'https' ? 443 : 80,
    };
    this.wheel = wheel;
    this.done = done;
    wheel.arm(this, limitMs);
  }

  get forwarded(): ForwardedRequest {
    return this;
  }

  /** The part of a route that the request line is made of; an order names its application's address itself. */
  get route(): Route {
    return { forwardPath: this.target, query: '' } as Route;
  }

  override expired(): void {
    const { listener } = this;
    this.finish({ status: 0, error: 'no answer in time' });
    listener?.clientGone();
  }

  finish(result: OrderResult): void {
    if (this.aborted) return;
    this.aborted = true;
    this.listener = undefined;
    this.wheel.remove(this);
    this.done(result);
  }

  respond(response: UpstreamResponse, _first: string | Uint8Array, complete: boolean): boolean {
    this.headSent = true;
    this.status = response.status;
    if (complete) this.respondEnd();
    return true;
  }

  respondMore(): boolean {
    return true;
  }

  respondEnd(): void {
    this.finish({ status: this.status });
  }

  respondFailed(): void {
    this.finish({ status: 0, error: 'the answer broke off' });
  }

  // Nobody answers an order but its upstream.
  refuse(): void {}
  send(): void {}
  async stream(): Promise<void> {}
  limitBody(): void {}
  readBody(): void {}
  resumeBody(): void {}
  sendContinue(): void {}
}
