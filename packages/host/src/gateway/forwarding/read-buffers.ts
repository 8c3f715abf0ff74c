/** 64 KiB, as bodies and writes often are, with a head before them: one read. */
export const readBufferBytes = 81_920;
/** 10 MiB; connections that find none left copy what they read out of the shared one. */
const maxTaken = 128;
const maxFree = 16;
const maxHeld = 16;

/** Whoever was handed bytes of a buffer. */
export interface BufferHolder {
  /** It has let go of all of them. */
  readonly flushed: boolean;
}

/**
 * What upstream connections read into.
 *
 * One buffer is shared by all: what must outlive a read is copied out of it. A connection on which large answers
 * come takes one of its own, whose bytes go to the client's socket as they are.
 *
 * Node.js asks for the next buffer right after a read, and may read into that one at any time from then on. So a
 * buffer is given back only by a connection that has named another one, or that is closed.
 */
export class ReadBuffers {
  readonly shared: Buffer;
  private readonly free: Buffer[] = [];
  /** Given back, but not let go of yet; the oldest first. */
  private readonly held: { readonly buffer: Buffer; readonly holder: BufferHolder }[] = [];
  private taken = 0;

  constructor(shared: Buffer) {
    this.shared = shared;
  }

  /** A buffer that nobody else reads into or holds; undefined = there are no more. */
  take(): Buffer | undefined {
    if (this.taken === maxTaken) return undefined;
    this.taken++;
    if (this.free.length === 0) this.reclaim();
    return this.free.pop() ?? Buffer.allocUnsafeSlow(readBufferBytes);
  }

  /** Nothing is read into the buffer any more; `holder`, if any, may still have bytes of it. */
  giveBack(buffer: Buffer, holder?: BufferHolder): void {
    this.taken--;
    if (holder === undefined || holder.flushed) {
      if (this.free.length < maxFree) this.free.push(buffer);
      return;
    }
    this.held.push({ buffer, holder });
    // A client that takes its time keeps its buffer alone: it is not used again.
    if (this.held.length > maxHeld) this.held.shift();
  }

  private reclaim(): void {
    for (let index = this.held.length - 1; index >= 0; index--) {
      const { buffer, holder } = this.held[index] as { buffer: Buffer; holder: BufferHolder };
      if (!holder.flushed) continue;
      this.held.splice(index, 1);
      this.free.push(buffer);
    }
  }
}
