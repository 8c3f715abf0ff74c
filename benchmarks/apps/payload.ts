import { crc32 } from 'node:zlib';

/**
 * The bytes that every program of a benchmark agrees on: `GET /bytes/N` is answered with `payload(N)`, and
 * `POST /count` with `receipt` of what arrived. No two places of a payload up to 64 KB look alike, so that a
 * body with a hole, a repetition or another's bytes is noticed.
 */
export function payload(bytes: number): Buffer {
  const body = Buffer.allocUnsafe(bytes);
  for (let offset = 0; offset < bytes; offset += 16) {
    body.write(`${offset.toString(36)}-poolhouse-bench`.slice(0, 16), offset, 'latin1');
  }
  return body;
}

export function receipt(bytes: number, checksum: number): string {
  return `${bytes} ${checksum.toString(16).padStart(8, '0')}\n`;
}

/** The answer to a POST of `payload(bytes)`. */
export function receiptOfPayload(bytes: number): Buffer {
  return Buffer.from(receipt(bytes, crc32(payload(bytes))));
}
