/** Settings of an `iisnode.yml`, and the lines that hold none. */
export interface IisnodeOverrides {
  readonly values: ReadonlyMap<string, string>;
  /** Line numbers, from 1. */
  readonly unreadable: readonly number[];
}

/**
 * Reads `iisnode.yml` as iisnode does: one `name: value` per line, `#` begins a comment line. It has the name of
 * YAML and not its grammar: `*.js;iisnode.yml` is plain text.
 */
export function parseIisnodeOverrides(text: string): IisnodeOverrides {
  const values = new Map<string, string>();
  const unreadable: number[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(?:#|$|---\s*$)/.test(line)) continue;
    const match = /^([A-Za-z_]\w*)[ \t]*:([ \t].*)?$/.exec(line);
    if (match === null) unreadable.push(index + 1);
    else values.set(match[1] as string, unquote((match[2] ?? '').trim()));
  }
  return { values, unreadable };
}

function unquote(value: string): string {
  const match = /^"(.*)"$|^'(.*)'$/.exec(value);
  return match?.[1] ?? match?.[2] ?? value;
}
