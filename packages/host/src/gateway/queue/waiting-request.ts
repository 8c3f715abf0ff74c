import type { ExchangeListener, ForwardableExchange } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';
import { Deadline } from '../timing/timer-wheel.ts';

/** Who is told of a waiting request. */
interface WaitingRoom {
  /** The client is gone. */
  left(request: WaitingRequest): void;
  /** It has waited as long as its site allows. */
  overdue(request: WaitingRequest): void;
}

/** One request that waits for an upstream; a link of its application's queue. */
export class WaitingRequest extends Deadline implements ExchangeListener {
  readonly exchange: ForwardableExchange;
  readonly options: ForwardOptions;
  /** How often it was tried before. */
  readonly retries: number;
  readonly since: number;
  /** It has a place in its pool's queue; without one, the supervisor's answer is awaited. */
  placed = false;
  nextInQueue: WaitingRequest | undefined = undefined;
  previousInQueue: WaitingRequest | undefined = undefined;
  private readonly room: WaitingRoom;

  constructor(
    exchange: ForwardableExchange,
    options: ForwardOptions,
    retries: number,
    since: number,
    room: WaitingRoom,
  ) {
    super();
    this.exchange = exchange;
    this.options = options;
    this.retries = retries;
    this.since = since;
    this.room = room;
    exchange.listener = this;
  }

  clientGone(): void {
    this.room.left(this);
  }

  clientDrained(): void {}

  override expired(): void {
    this.room.overdue(this);
  }
}

/** First in, first out; leaving from the middle costs no search. */
export class RequestQueue {
  length = 0;
  private first: WaitingRequest | undefined;
  private last: WaitingRequest | undefined;

  push(request: WaitingRequest): void {
    request.previousInQueue = this.last;
    if (this.last === undefined) this.first = request;
    else this.last.nextInQueue = request;
    this.last = request;
    this.length++;
  }

  /** Back to the head: it had its turn, and nothing came of it. */
  unshift(request: WaitingRequest): void {
    request.nextInQueue = this.first;
    if (this.first === undefined) this.last = request;
    else this.first.previousInQueue = request;
    this.first = request;
    this.length++;
  }

  peek(): WaitingRequest | undefined {
    return this.first;
  }

  remove(request: WaitingRequest): void {
    const { previousInQueue, nextInQueue } = request;
    if (previousInQueue === undefined) this.first = nextInQueue;
    else previousInQueue.nextInQueue = nextInQueue;
    if (nextInQueue === undefined) this.last = previousInQueue;
    else nextInQueue.previousInQueue = previousInQueue;
    request.previousInQueue = request.nextInQueue = undefined;
    this.length--;
  }

  *[Symbol.iterator](): Generator<WaitingRequest> {
    for (let request = this.first; request !== undefined;) {
      const next = request.nextInQueue;
      yield request;
      request = next;
    }
  }
}
