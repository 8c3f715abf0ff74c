import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';
import type { LoadJob } from './job.ts';

/** Who a connection reports to. */
export interface ConnectionOwner {
  /** The request that was sent has its answer: `right`, or why it failed. `reusable` = the next may be sent. */
  answered(connection: ClientConnection, outcome: string, reusable: boolean): void;
  /** The server closed the connection between two requests, which is its right. */
  closedIdle(connection: ClientConnection): void;
}

/** One client connection: sends the job's request, one at a time, and reads the answer. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #request: Uint8Array;
  readonly #reader: AnswerReader;
  #busy = false;
  #gone = false;
  /** When the request under way was due, `performance.now()`. */
  dueAt = 0;

  /** `buffer` may be shared by all connections: it is empty again when a read returns. */
  constructor(job: LoadJob, buffer: Buffer, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#request = job.request;
    this.#reader = new AnswerReader(job.expected);
    this.#socket = connect({
      port: job.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (bytes: number) => {
          this.#read(buffer, bytes);
          return true;
        },
      },
    });
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? 'socket error'));
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Sends the request now; it was due at `dueAt`. */
  send(dueAt: number): void {
    this.dueAt = dueAt;
    this.#busy = true;
    this.#socket.write(this.#request);
  }

  /** Gives up the request under way. */
  abandon(reason: string): void {
    this.#end(reason);
  }

  close(): void {
    this.#gone = true;
    this.#busy = false;
    this.#socket.destroy();
  }

  #read(buffer: Buffer, bytes: number): void {
    if (this.#gone) return;
    if (!this.#busy) {
      this.#end('bytes without a request');
      return;
    }
    const outcome = this.#reader.read(buffer, bytes);
    if (outcome === 'more') return;
    this.#busy = false;
    const reusable = !this.#reader.willClose && (outcome === 'right' || outcome.startsWith('status'));
    if (!reusable) this.close();
    this.#owner.answered(this, outcome, reusable);
  }

  #ended(): void {
    this.#end(this.#busy ? this.#reader.readEnd() : 'closed');
  }

  #end(outcome: string): void {
    if (this.#gone) return;
    const wasBusy = this.#busy;
    this.close();
    if (wasBusy) this.#owner.answered(this, outcome, false);
    else this.#owner.closedIdle(this);
  }
}
