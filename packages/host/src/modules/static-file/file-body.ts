import type { FileHandle } from 'node:fs/promises';

/** A stretch of a file, or bytes that stand between two of them. */
export type BodyPart = Uint8Array | { readonly first: number; readonly last: number };

/** Bytes per read: one system call each, and at most this much waits for a slow client. */
const sliceBytes = 256 * 1024;

/**
 * Bytes of the parts, one after another. Closes the file when it ends, fails, or the client leaves. Throws
 * when the file has become shorter: the answer is then broken off, never filled up.
 */
export async function* readParts(handle: FileHandle, parts: readonly BodyPart[]): AsyncGenerator<Uint8Array, void> {
  try {
    for (const part of parts) {
      if (part instanceof Uint8Array) {
        yield part;
        continue;
      }
      for (let position = part.first; position <= part.last;) {
        const length = Math.min(sliceBytes, part.last + 1 - position);
        const slice = Buffer.allocUnsafeSlow(length);
        const { bytesRead } = await handle.read(slice, 0, length, position);
        if (bytesRead === 0) throw new Error(`the file ends at byte ${position}`);
        position += bytesRead;
        yield bytesRead === length ? slice : slice.subarray(0, bytesRead);
      }
    }
  } finally {
    await handle.close();
  }
}
