import { trimBlanks } from './list-items.ts';

/**
 * Value of the field `name` (lower case) among the lines of text[start, end), each ending in CRLF and already
 * checked; several lines joined with `, `; undefined when absent.
 */
export function findField(text: string, start: number, end: number, name: string): string | undefined {
  let value: string | undefined;
  for (let line = start; line < end;) {
    const lineEnd = text.indexOf('\r\n', line);
    if (text[line + name.length] === ':' && text.slice(line, line + name.length).toLowerCase() === name) {
      const one = trimBlanks(text.slice(line + name.length + 1, lineEnd));
      value = value === undefined ? one : `${value}, ${one}`;
    }
    line = lineEnd + 2;
  }
  return value;
}
