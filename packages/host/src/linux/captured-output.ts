import { readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** What the ASP.NET Core Module keeps of an application's output for events and error pages, characters. */
export const capturedCharacters = 30_000;

/**
 * The first 30,000 characters that were written to a file from an offset on, cut at a code point,
 * without terminal control sequences.
 */
export function readCapturedOutput(fd: number, offset: number): string {
  const buffer = Buffer.alloc(capturedCharacters * 4);
  const length = readSync(fd, buffer, 0, buffer.length, offset);
  const text = stripVTControlCharacters(buffer.toString('utf8', 0, length));
  return Array.from(text).slice(0, capturedCharacters).join('');
}
