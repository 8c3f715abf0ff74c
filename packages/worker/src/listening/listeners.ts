import { fstatSync } from 'node:fs';
import type { InternalServer, Listen2, ListenHandle } from '../node-internals.ts';
import { httpServerKind, unservable, type HttpServerKind } from './http-server-kind.ts';
import { placeListener, type ListenAddress, type PlacedListener, type Placement, type Role } from './placement.ts';
import type { OpenRawListener, RawListener } from './raw-listener.ts';
import { look, type Watch } from './settling.ts';
import { addressInUseHandle, VirtualHandle } from './virtual-handle.ts';

export interface ListenersContext {
  /** The number in `PORT`. */
  readonly applicationPort: number;
  /** Node.js' own. */
  readonly listen2: Listen2;
  readonly openRawListener: OpenRawListener;
  /** Bind flag with which two workers of one pool share a port; 0 where Node.js has none. */
  readonly sharePortFlag: number;
  /** Before a server listens in the worker's place for the first time. */
  prepare(server: InternalServer, kind: HttpServerKind, listening: () => void): void;
  /** The application is this server now, and was another one before, if any. */
  serves(application: VirtualListener, previous: VirtualListener | undefined): void;
  /** Whether a server that the gateway reaches keeps the process alive. */
  hold(held: boolean): void;
  refuse(reason: string): void;
}

/** A listening HTTP server of the application. */
export interface Listener extends PlacedListener {
  role: Role;
  readonly server: InternalServer;
  readonly kind: HttpServerKind;
  /** The address as Node.js looked it up; null when the application named none: `::` where there is IPv6. */
  readonly named: string | null;
  /** What the server listens on: ours for all roles but those that are really bound. */
  readonly handle: ListenHandle;
}

interface ListenRequest extends Pick<Listener, 'server' | 'kind' | 'named'> {
  readonly asked: ListenAddress & { readonly port: number };
  readonly backlog: number;
  readonly flags: number;
}

type Place = Extract<Placement<Listener>, { readonly inUse: false }>;

export interface VirtualListener extends Listener {
  readonly handle: VirtualHandle;
  /** Real socket, since the place went to another server. */
  real?: RawListener;
}

const ipv6OnlyFlag = 1;
const lookEveryMs = 20;

/** All HTTP servers of the application that listen, and which of them is *the* application. */
export class Listeners {
  readonly #context: ListenersContext;
  readonly #prepared = new WeakSet<InternalServer>();
  #listeners: Listener[] = [];
  #served: VirtualListener | undefined;
  #everListened = false;

  constructor(context: ListenersContext) {
    this.#context = context;
  }

  /** The server that is the application; undefined before there is one and after it closed. */
  get application(): InternalServer | undefined {
    return this.#served?.handle.open === true ? this.#served.server : undefined;
  }

  /** Some HTTP server of the application listens or has listened. */
  get everListened(): boolean {
    return this.#everListened;
  }

  /** The server without a real socket that has this port, and this address if there are several. */
  findVirtual(port: number, address: string): VirtualHandle | undefined {
    const all = this.#open()
      .filter(isVirtual)
      .filter((each) => each.port === port && each.real === undefined);
    return (all.find((each) => each.address === address) ?? all[0])?.handle;
  }

  /** Stands in for `_listen2` of a server that asks for a port. False = it is no HTTP server. */
  listen(server: InternalServer, address: string | null, port: number, backlog: number, flags: number): boolean {
    const kind = httpServerKind(server);
    if (kind === undefined) return false;
    this.#everListened = true;
    const asked = { address: address ?? '::', ipv6Only: (flags & ipv6OnlyFlag) !== 0, port };
    const request = { server, kind, named: address, asked, backlog, flags };
    const placement = placeListener(this.#open(), asked, this.#context.applicationPort);
    if (placement.inUse) {
      server._handle = addressInUseHandle();
      this.#listenOnHandle(request);
    } else if (placement.role === 'other') {
      this.#listenForReal(request);
    } else {
      const problem = unservable(server);
      if (problem === undefined) this.#listenVirtually(request, placement);
      else this.#context.refuse(problem);
    }
    return true;
  }

  #listenForReal({ server, kind, named, asked, backlog, flags }: ListenRequest): void {
    const { listen2, sharePortFlag } = this.#context;
    listen2.call(server, named, asked.port, family(asked.address), backlog, undefined, flags | sharePortFlag);
    const bound = server.address();
    if (server._handle === null || typeof bound !== 'object' || bound === null) return; // Node.js reports the error
    const { _handle: handle } = server;
    this.#listeners.push({
      ...asked,
      server,
      kind,
      named,
      handle,
      role: 'other',
      askedPort: asked.port,
      port: bound.port,
    });
  }

  #listenVirtually(request: ListenRequest, placement: Place): void {
    const { server, kind, named, asked } = request;
    if (!this.#prepared.has(server)) {
      this.#prepared.add(server);
      this.#context.prepare(server, kind, () => this.#onListening(server));
    }
    if (placement.displaced !== undefined) this.#bind(placement.displaced);
    const { role, port } = placement;
    const name = { address: asked.address, family: `IPv${family(asked.address)}`, port };
    const handle = new VirtualHandle(name, { changed: () => this.#updateHold() });
    this.#listeners.push({ ...asked, server, kind, named, handle, role, askedPort: asked.port, port });
    this.#updateHold();
    server._handle = handle;
    this.#listenOnHandle(request);
  }

  /** With a handle in place, `_listen2` opens no socket and does the rest: errors, 'listening', `unref`. */
  #listenOnHandle({ server, asked, backlog }: ListenRequest): void {
    this.#context.listen2.call(server, asked.address, asked.port, family(asked.address), backlog);
  }

  #onListening(server: InternalServer): void {
    const listener = this.#open()
      .filter(isVirtual)
      .find((each) => each.server === server);
    if (listener?.role === 'application') this.#serve(listener);
    if (listener?.role === 'candidate') {
      const ownPipes = 1 + [1, 2].filter(isPipe).length;
      this.#settle(listener, { listeningSince: performance.now(), calmSince: undefined, ownPipes });
    }
  }

  #settle(candidate: VirtualListener, watch: Watch): void {
    const timer = setTimeout(() => {
      if (candidate.role !== 'candidate' || !isOpen(candidate)) return;
      const { settled, ...next } = look(watch, process.getActiveResourcesInfo(), performance.now());
      if (!settled) return this.#settle(candidate, next);
      candidate.role = 'application';
      this.#serve(candidate);
    }, lookEveryMs);
    timer.unref();
  }

  #serve(application: VirtualListener): void {
    const previous = this.#served;
    this.#served = application;
    this.#context.serves(application, previous);
  }

  /** The server that had the place gets the port it asked for, for real. */
  #bind(displaced: Listener): void {
    displaced.role = 'other';
    if (!isVirtual(displaced)) return;
    const { named, ipv6Only, askedPort, handle, server } = displaced;
    const flags = (ipv6Only ? ipv6OnlyFlag : 0) | this.#context.sharePortFlag;
    const real = this.#context.openRawListener(
      { address: named, port: askedPort, flags },
      (client) => handle.connect(client),
      (error) => server.emit('error', error),
    );
    // The server itself keeps the process alive, through `hold`.
    real.unref();
    displaced.real = real;
    if (askedPort === 0) handle.name.port = real.port;
  }

  #open(): Listener[] {
    this.#listeners = this.#listeners.filter((listener) => {
      if (isOpen(listener)) return true;
      if (isVirtual(listener)) listener.real?.close();
      return false;
    });
    return this.#listeners;
  }

  #updateHold(): void {
    this.#context.hold(this.#open().some((listener) => isVirtual(listener) && listener.handle.holdsProcess));
  }
}

function isVirtual(listener: Listener): listener is VirtualListener {
  return listener.handle instanceof VirtualHandle;
}

/** `close()` of the server takes its handle away. */
function isOpen({ server, handle }: Listener): boolean {
  return handle instanceof VirtualHandle ? handle.open : server._handle === handle;
}

/** Without touching `process.stdout`, which would open it. */
function isPipe(descriptor: number): boolean {
  const file = fstatSync(descriptor);
  return file.isFIFO() || file.isSocket();
}

function family(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}
