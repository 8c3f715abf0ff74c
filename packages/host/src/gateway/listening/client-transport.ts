import type { Socket } from 'node:net';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import { type ClientTimeout, ClientTimeouts } from './client-timeouts.ts';

/** Who uses a client's socket. */
export interface TransportOwner {
  received(bytes: Buffer): void;
  /** What was written is on its way; more can be written. */
  drained(): void;
  /** The client sends nothing more; it may still read. */
  ended(): void;
  /** The socket is gone. Called once, last. */
  closed(): void;
  timedOut(what: ClientTimeout): void;
}

/** Bytes that are read and dropped after the last answer, so that a reset does not destroy it on its way. */
const lingerBytes = 65_536;

/** A client's socket with its timers, back-pressure, and an end that lets the last answer arrive. */
export class ClientTransport {
  readonly timeouts: ClientTimeouts;
  /** Nothing is read or answered any more. */
  closing = false;
  private readonly socket: Socket;
  private readonly minBytesPerSecond: number;
  private readonly written: (error?: Error | null) => void;
  private paused = false;
  private lingered = 0;

  constructor(socket: Socket, owner: TransportOwner, wheel: TimerWheel, minBytesPerSecond: number) {
    this.socket = socket;
    this.minBytesPerSecond = minBytesPerSecond;
    this.timeouts = new ClientTimeouts(
      { timedOut: (what) => (what === 'linger' ? socket.destroy() : owner.timedOut(what)) },
      wheel,
    );
    socket.on('data', (bytes: Buffer) => (this.closing ? this.drop(bytes.length) : owner.received(bytes)));
    this.written = (error) => {
      // What could not be written is not on its way: 'close' follows.
      if (error || socket.destroyed || !this.flushed) return;
      this.timeouts.written();
      owner.drained();
    };
    socket.on('drain', this.written);
    socket.on('end', () => owner.ended());
    socket.on('finish', () => this.timeouts.awaitClose());
    // 'close' follows and says all there is to say.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closing = true;
      this.timeouts.remove();
      owner.closed();
    });
  }

  /** Whether all that was written has left this process. */
  get flushed(): boolean {
    return this.socket.writableLength === 0;
  }

  /** More waits to be taken than should: until `drained`. */
  get blocked(): boolean {
    return this.socket.writableNeedDrain && !this.flushed;
  }

  /** Writes latin1. False: wait for `drained` before writing more. */
  write(text: string): boolean {
    return this.noteBlocked(this.socket.write(text, 'latin1', this.flushed ? undefined : this.written));
  }

  /** Writes `bytes` themselves, which may not change until `flushed`. */
  writeBytes(bytes: Uint8Array): boolean {
    return this.noteBlocked(this.socket.write(bytes, this.written));
  }

  /** Between `hold` and `release`, writes are collected into one. */
  hold(): void {
    this.socket.cork();
  }

  /** False: wait for `drained` before writing more. */
  release(): boolean {
    this.socket.uncork();
    return this.noteBlocked(!this.socket.writableNeedDrain);
  }

  /** Node.js answers by what was queued before the kernel took it: what has left already blocks nobody. */
  private noteBlocked(flowing: boolean): boolean {
    if (flowing || this.flushed) return true;
    this.timeouts.awaitWrite(this.socket.writableLength, this.minBytesPerSecond);
    return false;
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.timeouts.pauseBody();
    this.socket.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.timeouts.resumeBody();
    this.socket.resume();
  }

  /** Sends what is written, then FIN, and reads on for a moment before the socket goes. */
  close(): void {
    if (this.closing) return;
    this.closing = true;
    this.timeouts.awaitNothing();
    if (!this.flushed) this.timeouts.awaitWrite(this.socket.writableLength, this.minBytesPerSecond);
    this.socket.end();
    this.resume();
  }

  private drop(bytes: number): void {
    this.lingered += bytes;
    if (this.lingered > lingerBytes) this.socket.destroy();
  }

  /** The client must see that something went wrong. */
  reset(): void {
    this.closing = true;
    this.socket.resetAndDestroy();
  }

  /** Ends without a word: there was no request. */
  destroy(): void {
    this.closing = true;
    this.socket.destroy();
  }
}
