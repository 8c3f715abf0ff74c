import { commandError } from './command-error.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `2d`, `12h`, `30m` and `0`; milliseconds. */
export function readAge(text: string | undefined, flag: string, byDefault: number): number {
  if (text === undefined) return byDefault;
  if (text === '0') return 0;
  const [, digits, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * units[unit as keyof typeof units];
  throw commandError('wrong-value', `${flag} ${text}: give minutes, hours or days, such as 30m, 12h or 2d`);
}
