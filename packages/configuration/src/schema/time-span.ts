/**
 * Reads `[d.]hh:mm:ss[.fff]` as milliseconds; undefined for anything else. Hours may pass 23 only without a
 * day part (`29:00:00`); minutes and seconds end at 59.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(?:(\d{1,8})\.)?(\d{1,6}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$/.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1, 5).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  if (minutes > 59 || seconds > 59 || (match[1] !== undefined && hours > 23)) return undefined;
  const fraction = Math.round(Number(`0.${match[5] ?? '0'}`) * 1000);
  return ((days * 24 + hours) * 3600 + minutes * 60 + seconds) * 1000 + fraction;
}

/** Milliseconds as files write them: `1.05:00:00`, `00:02:00`, `00:00:00.250`. */
export function formatTimeSpan(milliseconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const total = Math.floor(milliseconds / 1000);
  const days = Math.floor(total / 86_400);
  const clock = [Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60].map(two).join(':');
  const fraction = milliseconds % 1000;
  return `${days === 0 ? '' : `${days}.`}${clock}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}`}`;
}
