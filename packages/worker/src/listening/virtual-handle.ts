import type net from 'node:net';
import type { ClientHandle, ListenHandle } from '../node-internals.ts';

export interface VirtualHandleEvents {
  /** Closed, referenced or unreferenced: whether the process must live may have changed. */
  changed(): void;
}

/**
 * Stands where a `net.Server` keeps its socket, as node:cluster's stand-ins do in its workers: the server listens,
 * answers `address()`, closes and is unreferenced in Node.js' own code, and gets the connections that `connect`
 * is given.
 */
export class VirtualHandle implements ListenHandle {
  /** What `address()` says; the port may become another one while nobody has asked for a certain one. */
  readonly name: net.AddressInfo;
  onconnection?: (status: number, client: ClientHandle | undefined) => void;
  readonly #events: VirtualHandleEvents;
  #open = true;
  #referenced = true;

  constructor(name: net.AddressInfo, events: VirtualHandleEvents) {
    this.name = { ...name };
    this.#events = events;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Whether the server keeps the process alive. */
  get holdsProcess(): boolean {
    return this.#open && this.#referenced;
  }

  /** Gives the server one connection. */
  connect(client: ClientHandle): void {
    if (this.#open && this.onconnection !== undefined) this.onconnection(0, client);
    else client.close();
  }

  listen(): number {
    return 0;
  }

  getsockname(name: Partial<net.AddressInfo>): number {
    Object.assign(name, this.name);
    return 0;
  }

  close(callback?: () => void): void {
    this.#open = false;
    this.#events.changed();
    if (callback !== undefined) setImmediate(callback);
  }

  ref(): void {
    this.#referenced = true;
    this.#events.changed();
  }

  unref(): void {
    this.#referenced = false;
    this.#events.changed();
  }
}

/** Makes Node.js itself report EADDRINUSE, in its own words. */
export function addressInUseHandle(): ListenHandle {
  return { listen: () => addressInUse, close: () => {}, ref: () => {}, unref: () => {} };
}

/** errno, as libuv returns it. */
const addressInUse = -98;
