import type { BinaryReader } from '../../encoding/binary-reader.ts';
import type { BinaryWriter } from '../../encoding/binary-writer.ts';
import { EncodingError } from '../../errors/encoding-error.ts';

/**
 * How many of something follow.
 *
 * @param leastBytes what one of them takes at least: more of them than the bytes left can hold is refused at once
 */
export function readCount(reader: BinaryReader, leastBytes: number): number {
  const count = reader.int32();
  if (count < 0 || count * leastBytes > reader.remaining) throw new EncodingError('A count is not possible.');
  return count;
}

export function readPairs(reader: BinaryReader, count: number): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    const key = reader.string();
    if (pairs.has(key)) throw new EncodingError('A key is there twice.');
    pairs.set(key, reader.string());
  }
  return pairs;
}

export function writePairs(writer: BinaryWriter, pairs: ReadonlyMap<string, string>): void {
  writer.int32(pairs.size);
  for (const [key, value] of pairs) writer.string(key).string(value);
}
