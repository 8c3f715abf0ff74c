/**
 * Strong tag of a file in the shape of IIS: time of the last change in hexadecimal ticks (100 ns since 1601), a colon
 * and a number that tells changes at one time apart. Here that is the size, because reproducible builds give all
 * files of all versions one time. A compressed variant adds its coding.
 */
export function entityTagOf(mtimeNs: bigint, size: number, coding = ''): string {
  const ticks = mtimeNs / 100n + ticksFrom1601To1970;
  return `"${(ticks > 0n ? ticks : 0n).toString(16)}:${size.toString(16)}${coding === '' ? '' : `-${coding}`}"`;
}

const ticksFrom1601To1970 = 116_444_736_000_000_000n;

/**
 * Whether a field (`If-Match`, `If-None-Match`) names a tag. `weak` compares without regard to `W/`; else a
 * weak tag equals none. `*` is any. Text that is no list of tags names none.
 */
export function namesEntityTag(field: string, tag: string, weak: boolean): boolean {
  if (field.trim() === '*') return true;
  let position = 0;
  while (position < field.length) {
    listItem.lastIndex = position;
    const match = listItem.exec(field);
    if (match === null) return false;
    const [text, prefix, opaque] = match;
    if (opaque === tag && (weak || prefix === undefined)) return true;
    position += text.length;
  }
  return false;
}

/** One tag with the comma after it, or an empty item. Blanks can be read in one way only: a row of them costs nothing. */
const listItem = /[ \t]*(?:(W\/)?("[\u0021\u0023-\u007e\u0080-\u00ff]*")[ \t]*)?(?:,|$)/y;
