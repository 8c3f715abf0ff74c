/** Fields that may not come as a trailer (RFC 9110 §6.5.1): framing, routing, modifiers, credentials, content. */
const dropped = new Set([
  'transfer-encoding',
  'host',
  'cache-control',
  'expect',
  'max-forwards',
  'range',
  'te',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'authorization',
  'cookie',
  'set-cookie',
  'content-encoding',
  'content-type',
  'content-range',
  'trailer',
  'connection',
  'keep-alive',
  'upgrade',
]);

/** Trailer lines (each ending in CRLF) that may pass; undefined when one is `Content-Length`, which is an attack. */
export function passableTrailers(lines: string): string | undefined {
  let kept = '';
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf('\r\n', start) + 2;
    const name = lines.slice(start, lines.indexOf(':', start)).toLowerCase();
    if (name === 'content-length') return undefined;
    if (!dropped.has(name) && !name.startsWith('proxy-') && !name.startsWith('ms-aspnetcore')) {
      kept += lines.slice(start, end);
    }
    start = end;
  }
  return kept;
}
