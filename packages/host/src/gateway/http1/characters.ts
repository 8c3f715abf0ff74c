/**
 * Classes of bytes in HTTP/1.1 heads (RFC 9110 §5, RFC 9112 §3), as tables indexed by byte: 0 = not allowed.
 * One table look-up per byte is what the parsers cost.
 */

/** Set in `nameBytes` for `_`, which CGI-style applications read as `-`. */
export const underscore = 2;

/** Bytes of a token: field names and methods. 1 for all but `_`, which is `underscore`. */
export const nameBytes = table((byte) => {
  if (byte === 0x5f) return underscore;
  return /[!#$%&'*+\-.^`|~0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0;
});

/** Bytes of a field value: HTAB, SP, visible ASCII and obs-text; no other control, no DEL. */
export const valueBytes = table((byte) => (byte === 0x09 || (byte >= 0x20 && byte !== 0x7f) ? 1 : 0));

/** Bytes of a request target: visible ASCII without `#`. */
export const targetBytes = table((byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x23 ? 1 : 0));

/** Values of hexadecimal digits plus one; 0 for other bytes. */
export const hexDigits = table((byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit + 1;
});

/** Space or tab: what HTTP allows around values (OWS). */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

function table(classify: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => classify(byte));
}
