const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const form = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/** `Fri, 02 Jan 2026 03:04:05 GMT` and no other form, as .NET's format `r` is read; null for all else. */
export function parseHttpDate(text: string): Date | null {
  const [, day, month = '', year, hour, minute, second] = form.exec(text) ?? [];
  // Date.parse takes years below 100 for 19xx and 20xx.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), months.indexOf(month), Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  // Neither a 30th of February nor a wrong day of the week comes back as it was.
  return !Number.isNaN(date.getTime()) && date.toUTCString() === text ? date : null;
}
