import { EncodingError } from '../errors/encoding-error.ts';

/** Bytes of a GUID. */
export const guidBytes = 16;

// Position in the printed form, hyphens counted, of each byte as .NET puts it on the wire: three little-endian numbers,
// then eight bytes as printed.
const printedPositions = [6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34];
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const plainForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const acceptedForm =
  /^(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\{([0-9a-f-]{36})\}|\(([0-9a-f-]{36})\)|([0-9a-f]{32}))$/;

/**
 * Reads a GUID in the forms that .NET's parser takes: plain, in braces or parentheses, or 32 digits without hyphens;
 * any case, white space around.
 *
 * @returns the plain lower-case form, or undefined when it is no GUID
 */
export function parseGuid(text: string): string | undefined {
  const match = acceptedForm.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const digits = match[4];
  if (digits !== undefined) return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const plain = match[1] ?? match[2] ?? match[3] ?? '';
  return plainForm.test(plain) ? plain : undefined;
}

/**
 * Writes the 16 bytes of a GUID in .NET's order.
 *
 * @param guid in plain lower-case form
 * @throws EncodingError for any other form
 */
export function writeGuid(guid: string, target: Uint8Array, offset = 0): void {
  if (!plainForm.test(guid)) throw new EncodingError('A GUID is 32 lower-case hexadecimal digits with four hyphens.');
  for (let index = 0; index < guidBytes; index++) {
    const position = printedPositions[index] as number;
    target[offset + index] = Number.parseInt(guid.slice(position, position + 2), 16);
  }
}

/** Reads 16 bytes in .NET's order. */
export function readGuid(bytes: Uint8Array, offset = 0): string {
  const hex = (index: number): string => hexOfByte[bytes[offset + index] as number] as string;
  return (
    `${hex(3)}${hex(2)}${hex(1)}${hex(0)}-${hex(5)}${hex(4)}-${hex(7)}${hex(6)}-${hex(8)}${hex(9)}-` +
    `${hex(10)}${hex(11)}${hex(12)}${hex(13)}${hex(14)}${hex(15)}`
  );
}
