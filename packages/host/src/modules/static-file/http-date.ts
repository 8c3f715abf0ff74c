/** Milliseconds as an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/**
 * Milliseconds of a date field, or undefined when it is not one. Takes the form above and the two older
 * ones that RFC 9110 §5.6.7 asks recipients to take; `now` resolves their two-digit years.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const match = imfFixdate.exec(text) ?? rfc850Date.exec(text) ?? asctimeDate.exec(text);
  if (match?.groups === undefined) return undefined;
  const { day, month, year, hour, minute, second } = match.groups as Record<string, string>;
  const fullYear = year?.length === 2 ? nearYear(Number(year), now) : Number(year);
  const monthIndex = months.indexOf(month as string);
  const startOfMinute = Date.UTC(fullYear, monthIndex, Number(day), Number(hour), Number(minute));
  const isReal = new Date(startOfMinute).getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60;
  // 60 is a leap second.
  return isReal && Number(second) <= 60 ? startOfMinute + Number(second) * 1_000 : undefined;
}

/** A year that seems to lie more than 50 years ahead is the most recent past one with these digits. */
function nearYear(digits: number, now: number): number {
  const year = new Date(now).getUTCFullYear();
  const candidate = year - (year % 100) + digits;
  return candidate > year + 50 ? candidate - 100 : candidate;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = `(?<month>${months.join('|')})`;
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

const imfFixdate = new RegExp(String.raw`^[A-Z][a-z]{2}, (?<day>\d\d) ${month} (?<year>\d{4}) ${time} GMT$`);
const rfc850Date = new RegExp(String.raw`^[A-Z][a-z]{5,8}, (?<day>\d\d)-${month}-(?<year>\d\d) ${time} GMT$`);
const asctimeDate = new RegExp(String.raw`^[A-Z][a-z]{2} ${month} (?<day>[ \d]\d) ${time} (?<year>\d{4})$`);
