/**
 * Form in which paths and names compare: lower case of the composed form (NFC). Whoever decides by a path and whoever
 * looks it up must fold alike, or a letter in its decomposed form passes the one and is found by the other.
 */
export function foldPath(path: string): string {
  return (isAscii(path) ? path : path.normalize('NFC')).toLowerCase();
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
