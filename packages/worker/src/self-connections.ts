import type { Socket } from 'node:net';
import type { ClientHandle, InternalSocket, NodeInternals } from './node-internals.ts';
import type { VirtualHandle } from './listening/virtual-handle.ts';
import type { OpenRawListener, RawListener } from './listening/raw-listener.ts';

/**
 * Leads connections from inside the worker to the application's own port to the application's server, where no
 * socket listens. They go over loopback TCP, through a port that takes nobody else's connections, and are what
 * they would be without a host: no client facts, no token, TLS if the server speaks it.
 */
export function interceptSelfConnections(
  { socketPrototype }: Pick<NodeInternals, 'socketPrototype'>,
  findServer: (port: number, host: string) => VirtualHandle | undefined,
  openRawListener: OpenRawListener,
): void {
  const door = new Door(openRawListener);
  const connect = socketPrototype.connect as (this: Socket, ...args: unknown[]) => Socket;

  const connectSelf = function (this: Socket, ...args: unknown[]): Socket {
    const target = readTarget(args);
    const server = target && isOwnHost(target.host) ? findServer(target.port, target.host) : undefined;
    if (target === undefined || server === undefined) return Reflect.apply(connect, this, args);
    const port = door.expect(this, server);
    const { host, lookup, localAddress, localPort, path, ...options } = target.options;
    return connect.call(this, { ...options, host: loopback, port }, target.listener);
  };
  socketPrototype.connect = connectSelf as Socket['connect'];
}

const loopback = '127.0.0.1';

interface Target {
  readonly port: number;
  readonly host: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly listener: unknown;
}

/** `connect(options, listener)`, `connect(port, host, listener)`, and the pair of both that node:net passes on. */
function readTarget(args: readonly unknown[]): Target | undefined {
  const [first, second] = args;
  const listener = args.find((argument) => typeof argument === 'function');
  if (Array.isArray(first)) return readTarget([first[0], first[1]]);
  const options: Record<string, unknown> =
    typeof first === 'object' && first !== null
      ? (first as Record<string, unknown>)
      : { port: first, ...(typeof second === 'string' ? { host: second } : {}) };
  const port = Number(options['port']);
  if (Boolean(options['path']) || !Number.isInteger(port) || port <= 0) return undefined;
  const host = options['host'];
  return { port, host: typeof host === 'string' && host !== '' ? host : 'localhost', options, listener };
}

function isOwnHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|0\.0\.0\.0|::|::ffff:127(\.\d{1,3}){3})$/i.test(host);
}

/** One listening loopback port for all self connections, opened by the first one. */
class Door {
  readonly #openRawListener: OpenRawListener;
  /** Connections on their way; told apart by the port they come from. */
  readonly #expected = new Map<Socket, VirtualHandle>();
  #listener: RawListener | undefined;

  constructor(openRawListener: OpenRawListener) {
    this.#openRawListener = openRawListener;
  }

  /** Returns the port to connect to. */
  expect(socket: Socket, server: VirtualHandle): number {
    for (const each of this.#expected.keys()) if (each.destroyed) this.#expected.delete(each);
    this.#expected.set(socket, server);
    this.#listener ??= this.#open();
    return this.#listener.port;
  }

  #open(): RawListener {
    const listener = this.#openRawListener(
      { address: loopback, port: 0, flags: 0 },
      (client) => this.#accept(client),
      (error) => process.emitWarning(`a connection of the application to itself failed: ${error.message}`),
    );
    listener.unref();
    return listener;
  }

  #accept(client: ClientHandle): void {
    const peer = portOf(client, 'getpeername');
    for (const [socket, server] of this.#expected) {
      if (portOf((socket as InternalSocket)._handle, 'getsockname') !== peer) continue;
      this.#expected.delete(socket);
      return server.connect(client);
    }
    // Another process found the port.
    client.close();
  }
}

function portOf(handle: ClientHandle | null, method: 'getpeername' | 'getsockname'): number | undefined {
  const name: { port?: number } = {};
  return handle?.[method]?.(name) === 0 ? name.port : undefined;
}
