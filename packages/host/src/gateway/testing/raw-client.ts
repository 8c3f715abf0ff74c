import { connect, type Socket } from 'node:net';

/** A client that sends exactly the bytes it is given, and keeps what comes back. */
export class RawClient {
  readonly socket: Socket;
  /** Everything received, latin1. */
  received = '';
  ended = false;
  closed = false;
  errorCode = '';
  private readonly changed: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      this.notify();
    });
    this.socket.on('end', () => {
      this.ended = true;
      this.notify();
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code ?? '';
    });
    this.socket.on('close', () => {
      this.closed = this.ended = true;
      this.notify();
    });
  }

  /** latin1. */
  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Resolves when `condition` holds, which is looked at whenever something arrives. */
  async until(condition: (client: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise<void>((resolve) => this.changed.push(resolve));
    return this;
  }

  /** All that came until the gateway closed. */
  async all(): Promise<string> {
    await this.until(() => this.ended);
    return this.received;
  }

  /** Resolves when `count` final responses have begun. */
  async responses(count: number): Promise<string[]> {
    await this.until(() => this.statuses.length >= count || this.ended);
    return this.statuses;
  }

  /** Status codes so far, interim ones left out. */
  get statuses(): string[] {
    return [...this.received.matchAll(/HTTP\/1\.1 ([2-9]\d\d)/g)].map((match) => match[1] as string);
  }

  destroy(): void {
    this.socket.destroy();
  }

  private notify(): void {
    for (const wake of this.changed.splice(0)) wake();
  }
}
