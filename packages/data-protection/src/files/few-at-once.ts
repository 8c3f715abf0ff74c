/** Files that are open at once; a process has 1024 descriptors as a rule. */
const atOnce = 32;

/** The results of `read` for all names, in their order; few are under way at a time. Fails with the first that fails. */
export async function fewAtOnce<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    results.push(...(await Promise.all(names.slice(start, start + atOnce).map(read))));
  }
  return results;
}
