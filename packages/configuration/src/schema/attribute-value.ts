import type { AttributeValue } from './effective-element.ts';
import type { AttributeSchema } from './section-schema.ts';
import { parseTimeSpan } from './time-span.ts';
import { checkInteger, checkString, checkTimeSpan } from './validation.ts';

export type ParsedValue =
  | { readonly value: AttributeValue }
  /** `range`: of the right type, but a validator refuses it. */
  | { readonly expected: string; readonly kind: 'type' | 'range' };

const integerLimits = {
  int: [-2_147_483_648, 2_147_483_647],
  uint: [0, 4_294_967_295],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
} as const;

/** Reads the text of an attribute: nothing is trimmed, clamped or guessed. `%NAME%` stays. */
export function parseAttributeValue(schema: AttributeSchema, text: string): ParsedValue {
  switch (schema.type) {
    case 'string':
      return checked(text, schema.validation && checkString(text, schema.validation));
    case 'bool': {
      const lower = text.toLowerCase();
      return lower === 'true' || lower === 'false' ? { value: lower === 'true' } : wrong('true or false');
    }
    case 'enum': {
      const name = nameIn(schema.values, text);
      return name === undefined ? wrong(`one of ${Object.keys(schema.values).join(', ')}`) : { value: name };
    }
    case 'flags':
      return parseFlags(schema.values, text);
    case 'timeSpan':
      return parseTime(schema, text);
    default: {
      const [min, max] = integerLimits[schema.type];
      if (!/^-?\d{1,19}$/.test(text) || (schema.type === 'uint' && text.startsWith('-'))) {
        return wrong(schema.type === 'uint' ? 'an unsigned integer' : 'an integer');
      }
      const value = Number(text);
      if (value < min || value > max) return wrong(`an integer from ${min} to ${max}`);
      return checked(value, schema.validation && checkInteger(value, schema.validation));
    }
  }
}

/** The value of an attribute that nothing sets. */
export function defaultValue(schema: AttributeSchema): AttributeValue {
  if (schema.type === 'timeSpan') {
    return schema.default === undefined
      ? 0
      : (parseTime({ ...schema, validation: undefined }, schema.default) as { value: number }).value;
  }
  if (schema.default !== undefined) return schema.default;
  switch (schema.type) {
    case 'bool':
      return false;
    case 'flags':
      return [];
    case 'string':
      return '';
    case 'enum':
      // The member with the number 0, as IIS does, else the first.
      return Object.entries(schema.values).find(([, value]) => value === 0)?.[0] ?? Object.keys(schema.values)[0] ?? '';
    default:
      return 0;
  }
}

function parseFlags(values: Readonly<Record<string, number>>, text: string): ParsedValue {
  const found = new Set<string>();
  for (const part of text.trim() === '' ? [] : text.split(',')) {
    const name = nameIn(values, part.trim());
    if (name === undefined) return wrong(`names separated by commas, from ${Object.keys(values).join(', ')}`);
    found.add(name);
  }
  return { value: [...found] };
}

function parseTime(schema: TimeSpanLike, text: string): ParsedValue {
  const { format = 'string' } = schema;
  let value: number | undefined;
  if (format === 'string') value = parseTimeSpan(text);
  else if (/^\d{1,9}$/.test(text)) value = Number(text) * (format === 'seconds' ? 1000 : 60_000);
  if (value === undefined) {
    return wrong(
      format === 'string' ? 'a time as [d.]hh:mm:ss, minutes and seconds at most 59' : `a whole number of ${format}`,
    );
  }
  return checked(value, schema.validation && checkTimeSpan(value, schema.validation));
}

type TimeSpanLike = {
  readonly format?: 'string' | 'seconds' | 'minutes';
  readonly validation?: Parameters<typeof checkTimeSpan>[1] | undefined;
};

function nameIn(values: Readonly<Record<string, number>>, text: string): string | undefined {
  const lower = text.toLowerCase();
  return Object.keys(values).find((name) => name.toLowerCase() === lower);
}

function checked(value: AttributeValue, expected: string | undefined): ParsedValue {
  return expected === undefined ? { value } : { expected, kind: 'range' };
}

function wrong(expected: string): ParsedValue {
  return { expected, kind: 'type' };
}
