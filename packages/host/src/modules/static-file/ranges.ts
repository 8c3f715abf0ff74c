/** Bytes of a representation, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** `whole`: answer as if no range was asked for. */
export type RangeResult = readonly ByteRange[] | 'whole' | 'unsatisfiable';

/** More ranges than this are an attack or a mistake: the whole is sent once instead. */
const maxRanges = 16;

/**
 * Reads a `Range` field (RFC 9110 §14.2). Another unit, broken syntax and too many ranges give the whole.
 * Overlapping and touching ranges are sent as one, so that no byte is sent twice.
 */
export function parseRange(field: string, size: number): RangeResult {
  const unit = /^bytes=/i.exec(field);
  if (unit === null) return 'whole';
  const items = field
    .slice(unit[0].length)
    .split(',', maxRanges + 1)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0 || items.length > maxRanges) return 'whole';
  const ranges: ByteRange[] = [];
  for (const item of items) {
    const range = parseItem(item, size);
    if (range === undefined) return 'whole';
    if (range.first <= range.last) ranges.push(range);
  }
  return ranges.length === 0 ? 'unsatisfiable' : coalesce(ranges);
}

/** Undefined for broken syntax; an empty range when the representation has no such bytes. */
function parseItem(item: string, size: number): ByteRange | undefined {
  const match = /^(\d*)-(\d*)$/.exec(item);
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return { first: size - Math.min(position(last), size), last: size - 1 };
  if (last !== '' && isGreater(first, last)) return undefined;
  return { first: Math.min(position(first), size), last: last === '' ? size - 1 : Math.min(position(last), size - 1) };
}

/** Digits beyond what a number holds exactly are beyond every file as well. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

function isGreater(left: string, right: string): boolean {
  return BigInt(left) > BigInt(right);
}

function coalesce(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const sorted = ranges.toSorted((left, right) => left.first - right.first);
  const merged: ByteRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1) {
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else {
      merged.push(range);
    }
  }
  // Without overlaps the client's own order is kept (RFC 9110 §15.3.7.2).
  return merged.length === ranges.length ? ranges : merged;
}
