/**
 * Splits a command line by the rules of Windows programs: blanks separate, double quotes group, `\"` is a
 * quote, and backslashes are only special in front of a quote (2n → n, 2n+1 → n and a literal quote).
 * Never through a shell.
 */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] as string;
    if (char === '\\') {
      const run = backslashes(text, index);
      const beforeQuote = text[index + run] === '"';
      word = (word ?? '') + '\\'.repeat(beforeQuote ? Math.floor(run / 2) : run);
      index += run - 1;
      if (beforeQuote && run % 2 === 1) {
        word += '"';
        index += 1;
      }
    } else if (char === '"') {
      word ??= '';
      if (quoted && text[index + 1] === '"') {
        word += '"';
        index += 1;
      } else {
        quoted = !quoted;
      }
    } else if (!quoted && (char === ' ' || char === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function backslashes(text: string, start: number): number {
  let end = start;
  while (text[end] === '\\') end += 1;
  return end - start;
}
