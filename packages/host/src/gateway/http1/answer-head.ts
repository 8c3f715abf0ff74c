import { STATUS_CODES } from 'node:http';
import { nameBytes, valueBytes } from './characters.ts';

/** Fields that only the engine may set: they decide where messages end. */
const engineFields = new Set(['content-length', 'transfer-encoding', 'connection', 'date', 'keep-alive', 'upgrade']);

/**
 * Status line and fields of an answer of ours, latin1, without blank line.
 * Throws a TypeError for a name that is no token, a value that could end a line, or a field of the engine.
 */
export function formatAnswerHead(
  status: number,
  reason: string | undefined,
  headers: readonly (readonly [name: string, value: string])[] | undefined,
): string {
  if (!Number.isInteger(status) || status < 200 || status > 999) throw new TypeError(`${status} is no final status`);
  const phrase = reason ?? STATUS_CODES[status] ?? '';
  assertValue('the reason phrase', phrase);
  let head = `HTTP/1.1 ${status} ${phrase}\r\n`;
  if (headers === undefined) return head;
  for (const [name, value] of headers) {
    assertName(name);
    assertValue(name, value);
    head += `${name}: ${value}\r\n`;
  }
  return head;
}

function assertName(name: string): void {
  for (let index = 0; index < name.length; index++) {
    if (!nameBytes[name.charCodeAt(index)]) throw new TypeError(`${JSON.stringify(name)} is no field name`);
  }
  if (name === '' || engineFields.has(name.toLowerCase())) {
    throw new TypeError(`${JSON.stringify(name)} is set by the gateway, not by a module`);
  }
}

function assertValue(name: string, value: string): void {
  for (let index = 0; index < value.length; index++) {
    if (!valueBytes[value.charCodeAt(index)]) throw new TypeError(`the value of ${name} holds a control character`);
  }
}
