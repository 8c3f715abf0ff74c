/** Value of a variable by its upper-case name; undefined when there is none. */
export type VariableLookup = (upperCaseName: string) => string | undefined;

export interface Expansion {
  readonly text: string;
  /** Names that looked like variables and are not known: their text stands as written. */
  readonly unknown: readonly string[];
}

/**
 * Replaces `%NAME%`, once and not recursively; names ignore case. What is not known stays as written, percent
 * signs included, and so does a single `%`.
 */
export function expandVariables(text: string, lookup: VariableLookup): Expansion {
  let expanded = '';
  const unknown: string[] = [];
  let rest = text;
  for (;;) {
    const open = rest.indexOf('%');
    const close = open === -1 ? -1 : rest.indexOf('%', open + 1);
    if (close === -1) return { text: expanded + rest, unknown };
    const name = rest.slice(open + 1, close);
    const value = name === '' ? undefined : lookup(name.toUpperCase());
    if (value === undefined) {
      if (/^[\w().-]+$/.test(name)) unknown.push(name);
      // The closing sign may open the next name: in `100%done%HOME%` it does.
      expanded += rest.slice(0, close);
      rest = rest.slice(close);
    } else {
      expanded += rest.slice(0, open) + value;
      rest = rest.slice(close + 1);
    }
  }
}
