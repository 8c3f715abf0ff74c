/** Of the first of these payloads, in base64 or base64url: 16 bytes behind the magic number, in .NET's order. */
export function keyIdOf([payload = '']: readonly string[]): string {
  const bytes = Buffer.from(payload, 'base64url');
  const field = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).reverse().toString('hex');
  const rest = [bytes.toString('hex', 12, 14), bytes.toString('hex', 14, 20)];
  return [field(4, 8), field(8, 10), field(10, 12), ...rest].join('-');
}
