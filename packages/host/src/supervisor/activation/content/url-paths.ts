/** `/a/b` → `a`, `b`; `/` → none. */
export function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** `/api` and `/images` → `/api/images`; `/` adds nothing. */
export function joinPaths(above: string, below: string): string {
  if (below === '/') return above;
  return above === '/' ? below : above + below;
}

/** Whether a path is another or lies below it, segment by segment and ignoring case. */
export function covers(above: string, path: string): boolean {
  if (above === '/') return true;
  const [prefix, text] = [above.toLowerCase(), path.toLowerCase()];
  return text === prefix || text.startsWith(`${prefix}/`);
}
