import { formatTimeSpan } from './time-span.ts';
import type { IntegerRange, StringRule, TimeSpanRange } from './section-schema.ts';

/** Characters that a pool's name may not hold; they are kept out of user names, paths and counters. */
const poolNameRejects = '|<>&"/\\[]+=;:,?*@';

/** What a number should have been; undefined when it is right. */
export function checkInteger(value: number, { min, max, exclude }: IntegerRange): string | undefined {
  const inside = value >= min && value <= max;
  if (exclude === true) return inside ? `a number outside ${min} to ${max}` : undefined;
  return inside ? undefined : `a number from ${min} to ${max}`;
}

export function checkTimeSpan(milliseconds: number, rule: TimeSpanRange): string | undefined {
  const { minSeconds, maxSeconds, granularitySeconds = 1, exclude } = rule;
  const inside = milliseconds >= minSeconds * 1000 && milliseconds <= maxSeconds * 1000;
  const range = `${formatTimeSpan(minSeconds * 1000)} to ${formatTimeSpan(maxSeconds * 1000)}`;
  if (inside === (exclude ?? false)) return exclude === true ? `a time outside ${range}` : `a time from ${range}`;
  if (milliseconds % (granularitySeconds * 1000) === 0) return undefined;
  return `a time from ${range} in steps of ${granularitySeconds} ${granularitySeconds === 1 ? 'second' : 'seconds'}`;
}

export function checkString(value: string, { kind }: StringRule): string | undefined {
  switch (kind) {
    case 'nonEmptyString':
      return value === '' ? 'text that is not empty' : undefined;
    case 'requireTrimmedString':
      return value.trim() === value ? undefined : 'text without white space at its ends';
    case 'applicationPoolName':
      return checkName(value, poolNameRejects);
    case 'siteName':
      return checkName(value, '/?\\');
    case 'applicationPath':
    case 'virtualDirectoryPath':
      return checkPath(value);
  }
}

function checkName(value: string, rejected: string): string | undefined {
  if (value === '') return 'a name that is not empty';
  const bad = [...value].find((character) => rejected.includes(character) || character < ' ');
  return bad === undefined ? undefined : `a name without ${JSON.stringify(bad)} (and none of ${rejected})`;
}

function checkPath(value: string): string | undefined {
  if (!value.startsWith('/')) return 'a path that starts with /';
  if (value === '/') return undefined;
  if (value.endsWith('/')) return 'a path that does not end with / (except / itself)';
  const segments = value.slice(1).split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'a path without . and .. segments';
  return segments.includes('') ? 'a path without empty segments' : undefined;
}
