import type { SharedRingSettings } from '../activation/revision.ts';
import type { RingPlace } from './keeper-job.ts';

/** Where a shared ring is, for people: of a connection only the host, because the rest may be secret. */
export function placeName(
  store: RingPlace['store'],
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
