import { BinaryReader } from '../../encoding/binary-reader.ts';
import { BinaryWriter } from '../../encoding/binary-writer.ts';
import { AuthenticationProperties } from './authentication-properties.ts';
import { readCount, readPairs, writePairs } from './pairs.ts';

const formatVersion = 1;

/** Bytes of properties, alone or at the end of a ticket: version, count, then keys and values. */
export const propertiesSerializer = {
  serialize(properties: AuthenticationProperties): Buffer {
    const writer = new BinaryWriter();
    writeProperties(writer, properties);
    return writer.toBuffer();
  },

  /** Null for another version. Bytes after the end are ignored, as in .NET. @throws EncodingError */
  deserialize(bytes: Uint8Array): AuthenticationProperties | null {
    return readProperties(new BinaryReader(bytes));
  },
};

export function writeProperties(writer: BinaryWriter, properties: AuthenticationProperties): void {
  writer.int32(formatVersion);
  writePairs(writer, properties.items);
}

export function readProperties(reader: BinaryReader): AuthenticationProperties | null {
  if (reader.int32() !== formatVersion) return null;
  return new AuthenticationProperties(readPairs(reader, readCount(reader, 2)));
}
