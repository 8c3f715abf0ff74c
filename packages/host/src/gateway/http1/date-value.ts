/** What an IMF-fixdate looks like: `A` is a capital letter, `a` a small one, `0` a digit, all else itself. */
const shape = 'Aaa, 00 Aaa 0000 00:00:00 GMT';

/** Whether text[start, end) is a date as HTTP writes them now (RFC 9110 §5.6.7), by its shape. */
export function isHttpDate(text: string, start: number, end: number): boolean {
  if (end - start !== shape.length) return false;
  for (let index = 0; index < shape.length; index++) {
    if (!fits(text.charCodeAt(start + index), shape.charCodeAt(index))) return false;
  }
  return true;
}

function fits(code: number, expected: number): boolean {
  switch (expected) {
    case 0x30:
      return code >= 0x30 && code <= 0x39;
    case 0x41:
      // Of "GMT", no letter is an A.
      return code >= 0x41 && code <= 0x5a;
    case 0x61:
      return code >= 0x61 && code <= 0x7a;
    default:
      return code === expected;
  }
}
