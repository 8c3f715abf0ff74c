import { dateOf, instantOf, latestInstant, ticksPerSecond, type Instant } from './instant.ts';

export interface ParsedInstant {
  readonly instant: Instant;
  /** The text said neither `Z` nor an offset and was read as UTC; .NET takes the reader's own time zone. */
  readonly offsetMissing: boolean;
}

const ticksPerMinute = 60n * ticksPerSecond;
/** Characters. */
const longest = 64;
const form = /^(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-])(\d\d):(\d\d))?$/;

/**
 * Reads a date as .NET's `XmlConvert` does: `dateTime` or `date` of XML Schema, white space around it, any number of
 * fraction digits rounded to 100 ns (half to even), an offset of at most 14 hours. Undefined for all else.
 */
export function parseInstant(text: string): ParsedInstant | undefined {
  const trimmed = text.trim();
  const match = trimmed.length > longest ? null : form.exec(trimmed);
  if (match === null) return undefined;
  const [, date = '', hour = '0', minute = '0', second = '0', fraction = '', utc, sign] = match;
  const [offsetHours, offsetMinutes] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  const offset = offsetHours * 60 + offsetMinutes;
  const midnight = midnightOf(date);
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (offsetMinutes > 59 || offset > 14 * 60) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const instant =
    midnight +
    BigInt(seconds) * ticksPerSecond +
    ticksOf(fraction) -
    BigInt(sign === '-' ? -offset : offset) * ticksPerMinute;
  if (instant < 0n || instant > latestInstant) return undefined;
  return { instant, offsetMissing: utc === undefined && sign === undefined };
}

/** As .NET writes it: fraction without trailing zeros, `Z` for offset zero. @throws RangeError outside its years */
export function formatInstant(instant: Instant, offsetMinutes = 0): string {
  const { seconds, fraction } = textOf(instant + BigInt(offsetMinutes) * ticksPerMinute);
  const size = Math.abs(offsetMinutes);
  const offset =
    size === 0 ? 'Z' : `${offsetMinutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}${offset}`;
}

/** The part of a friendly name that stands for an instant: `20150302T0313197573854Z`. @throws RangeError */
export function revocationStamp(instant: Instant): string {
  const { seconds, fraction } = textOf(instant);
  return `${seconds.replaceAll(/[-:]/g, '')}${fraction}Z`;
}

function textOf(instant: Instant): { seconds: string; fraction: string } {
  if (instant < 0n || instant > latestInstant) throw new RangeError('An instant is in the years 1 to 9999.');
  const ticks = instant % ticksPerSecond;
  return {
    seconds: dateOf(instant - ticks)
      .toISOString()
      .slice(0, 19),
    fraction: ticks.toString().padStart(7, '0').replace(/0+$/, ''),
  };
}

function midnightOf(date: string): Instant | undefined {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  // Date.UTC takes years below 100 for 19xx.
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const exists = year > 0 && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  return exists ? instantOf(midnight) : undefined;
}

function ticksOf(fraction: string): bigint {
  const ticks = BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  const rest = fraction.slice(7).replace(/0+$/, '');
  const half = rest === '5' ? ticks % 2n === 1n : rest > '5';
  return half ? ticks + 1n : ticks;
}

function twoDigits(value: number): string {
  return value.toString().padStart(2, '0');
}
