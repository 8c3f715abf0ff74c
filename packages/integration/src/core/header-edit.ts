import type { IncomingMessage } from 'node:http';

/** A field to set, or to remove when there is no value. */
export interface HeaderEdit {
  /** The name in lower case. */
  readonly key: string;
  /** How it is written when it was not there. */
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Edits the head of a request in all three views that Node.js gives of it: `headers`, `headersDistinct` and
 * `rawHeaders`, which keeps its order. Frameworks differ in which one they read.
 *
 * Fields whose lower-case name begins with `reservedPrefix` are removed.
 */
export function editHeaders(request: IncomingMessage, edits: readonly HeaderEdit[], reservedPrefix: string): void {
  const { headers, rawHeaders } = request;
  for (const { key, value } of edits) {
    if (value === undefined) delete headers[key];
    else headers[key] = value;
  }

  const raw: string[] = [];
  const unplaced = [...edits];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (beginsWith(name, reservedPrefix)) {
      delete headers[name.toLowerCase()];
      continue;
    }
    const edit = edits.find(({ key }) => isSame(name, key));
    if (edit === undefined) {
      raw.push(name, rawHeaders[index + 1] as string);
      continue;
    }
    const place = unplaced.indexOf(edit);
    if (place === -1) continue;
    unplaced.splice(place, 1);
    if (edit.value !== undefined) raw.push(name, edit.value);
  }
  for (const { name, value } of unplaced) if (value !== undefined) raw.push(name, value);
  request.rawHeaders = raw;
  // Node.js would make this view from as many raw fields as there were. Hardly anyone reads it, so neither do we.
  Object.defineProperty(request, 'headersDistinct', distinctOnDemand);
}

/** Compares a name with lower-case text; most names differ before a lower-case copy has to be made. */
function isSame(name: string, key: string): boolean {
  return name.length === key.length && name.toLowerCase() === key;
}

function beginsWith(name: string, prefix: string): boolean {
  return (name.charCodeAt(0) | 0x20) === prefix.charCodeAt(0) && name.toLowerCase().startsWith(prefix);
}

/** One object for all requests, so that they keep one shape. */
const distinctOnDemand: PropertyDescriptor & ThisType<IncomingMessage> = {
  configurable: true,
  enumerable: true,
  get() {
    // Without a prototype: a client may send a field named __proto__.
    const distinct: Record<string, string[]> = Object.create(null);
    for (let index = 0; index + 1 < this.rawHeaders.length; index += 2) {
      const key = (this.rawHeaders[index] as string).toLowerCase();
      (distinct[key] ??= []).push(this.rawHeaders[index + 1] as string);
    }
    keepDistinct(this, distinct);
    return distinct;
  },
  set(value) {
    keepDistinct(this, value);
  },
};

function keepDistinct(request: IncomingMessage, value: unknown): void {
  Object.defineProperty(request, 'headersDistinct', { configurable: true, enumerable: true, writable: true, value });
}
