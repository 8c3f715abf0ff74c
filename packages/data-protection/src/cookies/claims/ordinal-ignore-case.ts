/**
 * Compares as .NET's `StringComparison.OrdinalIgnoreCase`, by which claim types, names of cookies and names of users
 * are found: each character by its simple upper case. JavaScript's own would take `ß` for `SS`, and `ı` for `I`.
 */
export function equalsIgnoringCase(one: string, other: string): boolean {
  return one === other || (one.length === other.length && upperCase(one) === upperCase(other));
}

export function upperCase(text: string): string {
  return isAscii.test(text) ? text.toUpperCase() : Array.from(text, simpleUpperCase).join('');
}

const isAscii = /^[\0-\x7f]*$/;

function simpleUpperCase(character: string): string {
  const upper = character.toUpperCase();
  const leavesAscii = isAscii.test(character) === isAscii.test(upper);
  return upper.length === character.length && leavesAscii ? upper : character;
}
