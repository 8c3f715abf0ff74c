import { connect, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

import { until } from '../until.ts';
import { parseResponse, type Response } from './response.ts';

export interface Address {
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

/** Why no (whole) response came. */
export type FailureKind = 'connect' | 'reset' | 'truncated' | 'closed';

export class ConnectionFailure extends Error {
  readonly kind: FailureKind;
  readonly received: Buffer;

  constructor(kind: FailureKind, message: string, received: Buffer) {
    super(`${message}; received ${JSON.stringify(received.toString('latin1', 0, 300))}`);
    this.kind = kind;
    this.received = received;
  }
}

/** A client that sends exactly the bytes it is told and sees exactly what comes back. */
export class Connection {
  readonly #socket: Socket;
  #pending: Buffer[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #end: 'open' | 'fin' | 'reset' = 'open';
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#pending.push(chunk);
      this.#wake();
    });
    socket.on('end', () => this.#finish('fin'));
    socket.on('error', () => this.#finish('reset'));
    socket.on('close', () => this.#finish('fin'));
  }

  /** Opens a connection that the test need not close: it is closed when the test has finished. */
  static async open(address: Address): Promise<Connection> {
    const connection = await Connection.connect(address);
    onTestFinished(() => connection.close());
    return connection;
  }

  /** Opens a connection that the caller closes. */
  static connect({ port, host = '127.0.0.1' }: Address): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, noDelay: true, allowHalfOpen: true });
      const fail = (error: Error): void =>
        reject(new ConnectionFailure('connect', `${host}:${port}: ${error.message}`, Buffer.alloc(0)));
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        resolve(new Connection(socket));
      });
    });
  }

  get localPort(): number {
    return this.#socket.localPort as number;
  }

  /** How the peer ended the connection, or `open`. */
  get ended(): 'open' | 'fin' | 'reset' {
    return this.#end;
  }

  /** Bytes that came and belong to no response that was read. */
  get unread(): Buffer {
    if (this.#pending.length > 0) {
      this.#unread = Buffer.concat([this.#unread, ...this.#pending]);
      this.#pending = [];
    }
    return this.#unread;
  }

  write(bytes: string | Buffer): this {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Whether the kernel has taken everything that was written. */
  get flushed(): boolean {
    return this.#socket.writableLength === 0;
  }

  /** Stops reading: the peer's send window fills up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends FIN; the other direction stays open. */
  end(): this {
    this.#socket.end();
    return this;
  }

  /** Sends RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Reads the next response; `method` is that of its request. */
  async response(method = 'GET', withinMs = 20_000): Promise<Response> {
    const end = performance.now() + withinMs;
    for (;;) {
      const parsed = parseResponse(this.unread, method, this.#end !== 'open');
      if (parsed !== 'incomplete') {
        this.#unread = this.#unread.subarray(parsed.consumed);
        return parsed.response;
      }
      if (this.#end !== 'open') throw this.#failure();
      const left = end - performance.now();
      if (left <= 0) {
        throw new ConnectionFailure('closed', `no response within ${withinMs} ms`, this.unread);
      }
      await this.#more(left);
    }
  }

  /** Waits until the bytes received so far contain `text`. */
  async receives(text: string): Promise<void> {
    await until(`${JSON.stringify(text)} on the connection`, () => this.unread.includes(text));
  }

  /** Waits until the peer has ended the connection; tells how. */
  async closed(withinMs = 20_000): Promise<'fin' | 'reset'> {
    await until('the peer to close the connection', () => this.#end !== 'open', { withinMs });
    return this.#end as 'fin' | 'reset';
  }

  #failure(): ConnectionFailure {
    if (this.#end === 'reset') return new ConnectionFailure('reset', 'connection reset', this.unread);
    if (this.unread.length > 0) return new ConnectionFailure('truncated', 'response cut short', this.unread);
    return new ConnectionFailure('closed', 'connection closed without a response', this.unread);
  }

  #more(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #finish(end: 'fin' | 'reset'): void {
    if (this.#end === 'open') this.#end = end;
    this.#wake();
  }
}
