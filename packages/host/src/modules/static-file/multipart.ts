import type { BodyPart } from './file-body.ts';
import type { ByteRange } from './ranges.ts';

/** Several ranges as one body (RFC 9110 §14.6). */
export interface MultipartBody {
  readonly contentType: string;
  readonly parts: readonly BodyPart[];
  readonly length: number;
}

/** `boundary` must not occur in the file: random characters do not. */
export function multipartBody(
  ranges: readonly ByteRange[],
  size: number,
  mimeType: string,
  boundary: string,
): MultipartBody {
  const parts: BodyPart[] = [];
  for (const [index, range] of ranges.entries()) {
    const head =
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\n` +
      `Content-Type: ${mimeType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`;
    parts.push(Buffer.from(head, 'latin1'), range);
  }
  parts.push(Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1'));
  const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, parts, length };
}

export function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`;
}

export function lengthOf(part: BodyPart): number {
  return part instanceof Uint8Array ? part.byteLength : part.last - part.first + 1;
}
