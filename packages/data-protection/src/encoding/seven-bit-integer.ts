/**
 * Lengths as .NET's BinaryWriter puts them before strings: groups of 7 bits, the lowest first, and the high bit of a
 * byte says that more follow.
 */
export function sevenBitSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest !== 0; rest >>>= 7) size++;
  return size;
}

/**
 * @param value 0 to 2^32 − 1
 * @returns where the next byte goes
 */
export function writeSevenBitInteger(value: number, target: Uint8Array, offset: number): number {
  let rest = value;
  while (rest > 0x7f) {
    target[offset++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[offset++] = rest;
  return offset;
}
