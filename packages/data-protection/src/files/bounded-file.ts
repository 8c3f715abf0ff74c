import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** What is no file, or too large a one. The message begins with its path. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/**
 * Reads a file and nothing else: a pipe may never begin and a device never end. What is read is what was looked at, also
 * when another file takes its name meanwhile.
 *
 * @param largest bytes; never more is read, also of a file that grows
 * @throws UnreadableFileError, and the system's error for what cannot be opened
 */
export async function readBoundedFile(path: string, largest: number): Promise<Buffer> {
  // Without O_NONBLOCK opening a pipe waits for somebody who writes to it.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new UnreadableFileError(`${path} is not a file.`);
    const bytes = stats.size > largest ? undefined : await readAtMost(handle, stats.size, largest);
    if (bytes === undefined) throw new UnreadableFileError(`${path} is larger than ${largest} bytes.`);
    return bytes;
  } finally {
    await handle.close();
  }
}

async function readAtMost(handle: FileHandle, expected: number, largest: number): Promise<Buffer | undefined> {
  // One byte more than expected shows the end, or that it has grown.
  let bytes = Buffer.allocUnsafeSlow(expected + 1);
  for (let length = 0; length <= largest;) {
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * length, largest + 1));
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
  }
  return undefined;
}
