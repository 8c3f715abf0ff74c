import type { IncomingMessage } from 'node:http';

/** New value of a field by its lower-case name; undefined removes the field. */
export type HeaderEdits = ReadonlyMap<string, { readonly name: string; readonly value: string | undefined }>;

/**
 * Edits the head of a request in all three views that Node.js gives of it: `headers`, `headersDistinct` and
 * `rawHeaders`, which keeps the order of what it had. Frameworks differ in which one they read.
 *
 * Fields whose lower-case name begins with `reservedPrefix` are removed.
 */
export function editHeaders(request: IncomingMessage, edits: HeaderEdits, reservedPrefix: string): void {
  // Both are made from rawHeaders on first use, with its original length: make them before it changes.
  const { headers, headersDistinct } = request;

  const raw: string[] = [];
  const placed = new Set<string>();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] as string;
    const key = name.toLowerCase();
    if (key.startsWith(reservedPrefix)) {
      delete headers[key];
      delete headersDistinct[key];
      continue;
    }
    const edit = edits.get(key);
    if (edit === undefined) raw.push(name, request.rawHeaders[index + 1] as string);
    else if (edit.value !== undefined && !placed.has(key)) raw.push(name, edit.value);
    placed.add(key);
  }

  for (const [key, { name, value }] of edits) {
    if (value === undefined) {
      delete headers[key];
      delete headersDistinct[key];
      continue;
    }
    headers[key] = value;
    headersDistinct[key] = [value];
    if (!placed.has(key)) raw.push(name, value);
  }
  request.rawHeaders = raw;
}
