import { isProtectedFromConnection } from './field-names.ts';
import { listItems } from './list-items.ts';

/** What the `Connection` field of a message says. */
export interface ConnectionOptions {
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  /** Lower-case names of further fields that end at this hop; undefined when there are none. */
  readonly fields: ReadonlySet<string> | undefined;
}

const plainKeepAlive: ConnectionOptions = { close: false, keepAlive: true, upgrade: false, fields: undefined };
const plainClose: ConnectionOptions = { close: true, keepAlive: false, upgrade: false, fields: undefined };
export const noConnectionOptions: ConnectionOptions = {
  close: false,
  keepAlive: false,
  upgrade: false,
  fields: undefined,
};

/** Parses the joined values of all `Connection` fields; undefined when an option is not a token. */
export function parseConnectionOptions(value: string): ConnectionOptions | undefined {
  if (value === 'keep-alive' || value === 'Keep-Alive') return plainKeepAlive;
  if (value === 'close') return plainClose;
  const options = { close: false, keepAlive: false, upgrade: false };
  const fields = new Set<string>();
  for (const option of listItems(value)) {
    if (option === '') continue;
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(option)) return undefined;
    if (option === 'close') options.close = true;
    else if (option === 'keep-alive') options.keepAlive = true;
    else if (option === 'upgrade') options.upgrade = true;
    else fields.add(option);
  }
  return { ...options, fields: fields.size > 0 ? fields : undefined };
}

/** The first option that a client may not name, see `isProtectedFromConnection`. */
export function namesProtectedField(options: ConnectionOptions): boolean {
  if (options.fields === undefined) return false;
  for (const name of options.fields) {
    if (isProtectedFromConnection(name)) return true;
  }
  return false;
}

/** `lines` (whole lines, each ending in CRLF) without the fields named. */
export function withoutFields(lines: string, names: ReadonlySet<string>): string {
  let kept = '';
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf('\r\n', start) + 2;
    const name = lines.slice(start, lines.indexOf(':', start)).toLowerCase();
    if (!names.has(name)) kept += lines.slice(start, end);
    start = end;
  }
  return kept;
}
