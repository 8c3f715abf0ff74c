/**
 * Whether an entry of the schedule fell due between two instants, as local wall-clock time.
 *
 * The instants of an entry are computed from calendar dates, never by adding 24 hours. A time that does not
 * exist on a date (spring) is taken as the first valid instant after the gap; a repeated one (autumn)
 * counts once, at its first occurrence.
 *
 * @param entries minutes after local midnight
 * @returns the entry as `hh:mm`, or undefined
 */
export function dueSchedule(entries: readonly number[], after: number, until: number): string | undefined {
  for (const minutes of entries) {
    for (const day of [after, until]) {
      const due = instantOn(new Date(day), minutes);
      if (due > after && due <= until) return text(minutes);
    }
  }
  return undefined;
}

/**
 * From where on the schedule has to be looked at. A clock that was set back does not repeat what has been; one that
 * was a day or more ahead had never been right.
 *
 * @param seenUntil until when it was looked at; 0 = never
 */
export function seenFrom(seenUntil: number, wallClock: number): number {
  return seenUntil === 0 || seenUntil - wallClock >= dayMs ? wallClock : seenUntil;
}

const dayMs = 86_400_000;

function instantOn(day: Date, minutes: number): number {
  const instant = new Date(day.getFullYear(), day.getMonth(), day.getDate(), Math.floor(minutes / 60), minutes % 60);
  const exists = instant.getHours() * 60 + instant.getMinutes() === minutes;
  return exists ? instant.getTime() : endOfGap(instant.getTime());
}

/** `Date` moves a time that does not exist past the gap by as much as it was inside: go back to the change of offset. */
function endOfGap(time: number): number {
  const offset = new Date(time).getTimezoneOffset();
  let instant = time;
  while (new Date(instant - minuteMs).getTimezoneOffset() === offset) instant -= minuteMs;
  return instant;
}

const minuteMs = 60_000;

function text(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
