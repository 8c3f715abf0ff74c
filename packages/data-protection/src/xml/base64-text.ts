/**
 * Base64 as it stands in XML: white space anywhere, padding needed, as .NET's `Convert.FromBase64String` reads it.
 * Undefined for all else; `Buffer.from` alone would skip what it does not know.
 */
export function base64Bytes(text: string): Buffer | undefined {
  const digits = text.replaceAll(/[ \t\r\n]/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  return Buffer.from(digits, 'base64');
}
