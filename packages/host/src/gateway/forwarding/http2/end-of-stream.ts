import type { Readable } from 'node:stream';

/**
 * Tells the end of a message from the end of its stream: `node:http2` emits 'end' also when the peer resets a stream
 * with NO_ERROR, or when the session goes, and a body that broke off would look complete.
 *
 * END_STREAM reaches the readable side as the end of its source before the stream is closed; in all other cases the
 * stream is closed first.
 */
export function watchEnd(stream: Readable & { readonly closed: boolean }, ended: () => void): void {
  const push = stream.push;
  stream.push = function (this: Readable, chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk === null && !stream.closed) ended();
    return push.call(this, chunk, encoding);
  };
}
