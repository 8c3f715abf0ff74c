/**
 * Purposes as callers give them: one text and more, or one list.
 *
 * @throws TypeError for an empty list, for what is no text, and for a surrogate without its other half, which has no
 *   bytes of its own
 */
export function purposesOf(first: string | readonly string[], more: readonly string[]): readonly string[] {
  const purposes: readonly unknown[] = Array.isArray(first) ? [...first, ...more] : [first, ...more];
  if (purposes.length === 0) throw new TypeError('A protector needs at least one purpose.');
  return purposes.map((purpose) => {
    if (typeof purpose !== 'string') throw new TypeError(`A purpose is text, not ${describe(purpose)}.`);
    if (!purpose.isWellFormed()) throw new TypeError('A purpose has a surrogate without its other half.');
    return purpose;
  });
}

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
