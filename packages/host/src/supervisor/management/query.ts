import { RequestRefused } from './problems.ts';

/** Reads one query parameter; `undefined` text means that it was not given. Throws a sentence when it is wrong. */
export type Parameter<Value> = (text: string | undefined, name: string) => Value;

/**
 * Reads all parameters of a request, strictly.
 *
 * @throws RequestRefused `malformed` for an unknown name, a repeated one or a value out of range
 */
export function readQuery<Shape extends Record<string, Parameter<unknown>>>(
  query: URLSearchParams,
  parameters: Shape,
): { readonly [Name in keyof Shape]: ReturnType<Shape[Name]> } {
  for (const name of query.keys()) {
    if (!Object.hasOwn(parameters, name)) {
      const known = Object.keys(parameters).join(', ') || 'none';
      throw new RequestRefused(
        'malformed',
        `There is no query parameter ${JSON.stringify(name)} here; known: ${known}.`,
      );
    }
    if (query.getAll(name).length > 1) {
      throw new RequestRefused('malformed', `The query parameter ${JSON.stringify(name)} is given twice.`);
    }
  }
  const values = Object.entries(parameters).map(([name, read]) => [name, read(query.get(name) ?? undefined, name)]);
  return Object.fromEntries(values) as { readonly [Name in keyof Shape]: ReturnType<Shape[Name]> };
}

export function booleanParameter(byDefault: boolean): Parameter<boolean> {
  return (text, name) => {
    if (text === undefined) return byDefault;
    if (text === 'true' || text === 'false') return text === 'true';
    throw new RequestRefused('malformed', `${name} must be true or false.`);
  };
}

export function countParameter(byDefault: number, most: number): Parameter<number> {
  return (text, name) => {
    if (text === undefined) return byDefault;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value <= most) return value;
    throw new RequestRefused('malformed', `${name} must be a whole number from 0 to ${most}.`);
  };
}

/** Seconds that an action may take before the answer is 504. */
export const timeoutParameter: Parameter<number> = countParameter(60, 3_600);

/** Any text of reasonable length, or undefined. */
export const textParameter: Parameter<string | undefined> = (text, name) => {
  if (text !== undefined && text.length > 100) {
    throw new RequestRefused('malformed', `${name} has more than 100 characters.`);
  }
  return text;
};

/** Some of the known words, separated by commas; none when absent. A word that nothing has is a slip, not a filter. */
export function wordsParameter(known: ReadonlySet<string>): Parameter<ReadonlySet<string>> {
  return (text, name) => {
    if (text === undefined || text === '') return new Set();
    const words = text.split(',', known.size + 1);
    if (words.every((word) => known.has(word))) return new Set(words);
    throw new RequestRefused('malformed', `${name} must be some of ${[...known].join(', ')}, separated by commas.`);
  };
}
