/**
 * Whether this Node.js can run Poolhouse: it needs bound sockets that can be handed to a child, which came with
 * 24.19 and 26.4. Old versions parse this file, so nothing in it may be newer than Node.js 12.
 *
 * @returns undefined, or one sentence for people
 */
export function nodeProblem(version: string): string | undefined {
  const parts = version.split('.');
  const major = Number(parts[0]);
  const minor = Number(parts[1]);
  if ((major === 24 && minor >= 19) || (major === 26 && minor >= 4) || major > 26) return undefined;
  return (
    'Poolhouse runs on Node.js 24.19 and later of line 24, and on 26.4 and later; this is ' +
    version +
    '. The apps it hosts may stay on this one: name it in processPath.'
  );
}
