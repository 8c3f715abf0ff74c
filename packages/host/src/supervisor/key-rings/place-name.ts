import type { SharedRingSettings, SharedStore } from '../activation/revision.ts';

/** Where a shared ring is, for people: of a connection only the host, because the rest may be secret. */
export function placeName(
  store: SharedStore,
  {
    path,
    connection,
    connectionFile,
    name,
  }: Pick<SharedRingSettings, 'path' | 'connection' | 'connectionFile' | 'name'>,
): string {
  if (store === 'Folder') return `folder ${path}`;
  const product = store === 'Redis' ? 'Redis' : 'PostgreSQL';
  const where = connection === '' ? `as ${connectionFile} says` : `at ${URL.parse(connection)?.host ?? 'its host'}`;
  return `${product} ${where}${name === '' ? '' : `, ${name}`}`;
}
