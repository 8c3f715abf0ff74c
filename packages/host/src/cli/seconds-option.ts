import { commandError } from './command-error.ts';

/** Reads `--timeout 90`, `90s`, `5m`; seconds. */
export function readSeconds(text: string | undefined, flag: string, byDefault: number): number {
  if (text === undefined) return byDefault;
  const [, digits, unit = 's'] = /^(\d{1,5})(s|m)?$/.exec(text) ?? [];
  const seconds = Number(digits) * (unit === 'm' ? 60 : 1);
  if (digits !== undefined && seconds <= 3_600) return seconds;
  throw commandError('wrong-value', `${flag} ${text}: give seconds or minutes up to an hour, such as 90, 90s or 5m`);
}
