import type { BufferHolder, ReadBuffers } from './read-buffers.ts';

/**
 * What one upstream connection reads into: the buffer that all share, or one of its own while large answers come,
 * so that their bytes need not be copied. Node.js asks for the next buffer right after a read.
 */
export class ReadBuffer {
  private readonly buffers: ReadBuffers;
  private own: Buffer | undefined;
  /** A large piece of this answer has come. */
  private large = false;
  private holder: BufferHolder | undefined;

  constructor(buffers: ReadBuffers) {
    this.buffers = buffers;
  }

  /** What the next read goes into. */
  get next(): Buffer {
    return this.own ?? this.buffers.shared;
  }

  /** What may be kept of `piece`, part of a read: itself, or a copy when the next read overwrites it. */
  lasting(piece: Buffer): Buffer {
    return piece.buffer === this.buffers.shared.buffer ? Buffer.from(piece) : piece;
  }

  /**
   * What was read has been handed on: as bytes of this buffer, which `holder` may still have, when it was `large`,
   * else as a copy. `ended`: the answer needs no further reads. False: no read until `holder` is flushed.
   */
  handedOn(large: boolean, ended: boolean, holder: BufferHolder | undefined): boolean {
    this.large ||= large;
    this.holder = undefined;
    const held = large && this.own !== undefined && holder?.flushed === false;
    if (held && !ended) {
      this.holder = holder;
      return false;
    }
    // The answer after a large one is probably large too: its first read then needs no copy either.
    if (held || (ended && !this.large)) this.giveBack(holder);
    if (this.large) this.own ??= this.buffers.take();
    if (ended) this.large = false;
    return true;
  }

  /** The connection is closed: there are no more reads. */
  close(): void {
    this.giveBack(this.holder);
  }

  private giveBack(holder: BufferHolder | undefined): void {
    if (this.own !== undefined) this.buffers.giveBack(this.own, holder);
    this.own = undefined;
  }
}
