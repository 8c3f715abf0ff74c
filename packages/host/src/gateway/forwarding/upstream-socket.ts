import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/**
 * A socket on which a large request body can be written to a server that has answered already and closed (413, 401).
 *
 * Node.js destroys a socket with its first failed write, and with it the answer that waits to be read: a reset tells
 * the writer first. With `keepsAnswer`, what cannot be written is dropped instead. The end is seen by reading: after
 * the answer, or without one.
 */
export class UpstreamSocket extends Socket {
  /** Something could not be written: the server wants nothing more. */
  writeFailed = false;
  /** Failed writes do not end the socket. */
  keepsAnswer = false;

  override _write(chunk: unknown, encoding: BufferEncoding, written: Written): void {
    super._write(chunk, encoding, this.keepsAnswer ? this.forgiving(written) : written);
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], written: Written): void {
    super._writev?.(chunks, this.keepsAnswer ? this.forgiving(written) : written);
  }

  private forgiving(written: Written): Written {
    return (error) => {
      if (error) this.writeFailed = true;
      written();
    };
  }
}
