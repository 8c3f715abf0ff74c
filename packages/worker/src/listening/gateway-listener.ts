import type { ClientHandle } from '../node-internals.ts';
import type { OpenRawListener, RawListener } from './raw-listener.ts';
import type { VirtualHandle } from './virtual-handle.ts';

const fromGateway = Symbol('poolhouse.fromGateway');

/** Whether a connection came over the worker's private socket. */
export function isFromGateway(client: ClientHandle | null): boolean {
  return client !== null && fromGateway in client;
}

/** The worker's private socket: hands each connection of the gateway to the application's server. */
export class GatewayListener {
  readonly #fd: number;
  readonly #openRawListener: OpenRawListener;
  readonly #failed: (reason: string) => void;
  #listener: RawListener | undefined;
  #application: VirtualHandle | undefined;
  #closed = false;

  constructor(fd: number, openRawListener: OpenRawListener, failed: (reason: string) => void) {
    this.#fd = fd;
    this.#openRawListener = openRawListener;
    this.#failed = failed;
  }

  /** Connections go to this server from now on. */
  serve(application: VirtualHandle): void {
    this.#application = application;
    this.#open();
  }

  /** While held, the process lives, as with any listening server. */
  hold(held: boolean): void {
    if (held) this.#open()?.ref();
    else this.#listener?.unref();
  }

  /** No connection comes any more. */
  close(): void {
    this.#closed = true;
    this.#listener?.close();
    this.#listener = undefined;
  }

  #open(): RawListener | undefined {
    if (this.#closed) return undefined;
    this.#listener ??= this.#openRawListener(
      { fd: this.#fd },
      (client) => this.#accept(client),
      ({ message }) => this.#failed(`The worker cannot listen on the socket that the supervisor gave it: ${message}`),
    );
    return this.#listener;
  }

  #accept(client: ClientHandle): void {
    // Before a server is the application, or after it closed, the gateway sees what a client of a closed one sees.
    if (this.#application === undefined) return client.close();
    Object.defineProperty(client, fromGateway, { value: true });
    this.#application.connect(client);
  }
}
