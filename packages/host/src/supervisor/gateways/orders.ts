/** What became of a request that a gateway sent on the supervisor's order. */
export interface OrderAnswer {
  /** 0 with `error` when none came. */
  readonly status: number;
  readonly error?: string;
}

interface Order {
  readonly gateway: number;
  readonly settle: (answer: OrderAnswer) => void;
  readonly overdue: NodeJS.Timeout;
}

/** A gateway keeps to the limit of an order by itself; one that is silent for this much longer is stuck, milliseconds. */
const patienceMs = 5_000;

/** Orders that gateways have yet to answer. */
export class Orders {
  readonly #open = new Map<number, Order>();
  #last = 0;

  /** Returns the number of a new order, and what will become of it. */
  begin(gateway: number, limitMs: number): { readonly id: number; readonly answer: Promise<OrderAnswer> } {
    const id = (this.#last += 1);
    const { promise, resolve } = Promise.withResolvers<OrderAnswer>();
    const giveUp = (): void => this.answer(id, gateway, { status: 0, error: 'the gateway did not answer in time' });
    const overdue = setTimeout(giveUp, limitMs + patienceMs).unref();
    this.#open.set(id, { gateway, settle: resolve, overdue });
    return { id, answer: promise };
  }

  /** Only the gateway that has the order can answer it. */
  answer(id: number, gateway: number, answer: OrderAnswer): void {
    const order = this.#open.get(id);
    if (order?.gateway !== gateway) return;
    this.#open.delete(id);
    clearTimeout(order.overdue);
    order.settle(answer);
  }

  forgetGateway(gateway: number): void {
    for (const id of this.#open.keys()) {
      this.answer(id, gateway, { status: 0, error: 'the gateway that carried the request ended' });
    }
  }
}
