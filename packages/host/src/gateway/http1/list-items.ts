import { isBlank } from './characters.ts';

/**
 * Without spaces and tabs at both ends (OWS). `trim` would take more than HTTP allows, such as a no-break space, and
 * a regular expression would look at a long row of blanks once from each of them.
 */
export function trimBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

/** Items of a comma-separated field value in lower case, empty ones included. */
export function listItems(value: string): string[] {
  return value.split(',').map((item) => trimBlanks(item).toLowerCase());
}
