import { fstatSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** What the ASP.NET Core Module keeps of an application's output for events and error pages, characters. */
export const capturedCharacters = 30_000;

/** Enough for that many characters of UTF-8. */
const readBytes = capturedCharacters * 4;

/**
 * The first 30,000 characters that were written to a file from an offset on, cut at a code point,
 * without terminal control sequences.
 */
export function readCapturedOutput(fd: number, offset: number): string {
  return Array.from(readText(fd, offset)).slice(0, capturedCharacters).join('');
}

/** The last 30,000 characters that were written since an offset: what a process said before it died. */
export function readLastOutput(fd: number, offset: number): string {
  const start = Math.max(offset, fstatSync(fd).size - readBytes);
  return Array.from(readText(fd, start)).slice(-capturedCharacters).join('');
}

function readText(fd: number, offset: number): string {
  const buffer = Buffer.alloc(readBytes);
  const length = readSync(fd, buffer, 0, buffer.length, offset);
  return stripVTControlCharacters(buffer.toString('utf8', 0, length));
}
