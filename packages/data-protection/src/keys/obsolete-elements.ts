import type { Logger } from '../logger.ts';
import type { StoredElement } from '../repositories/repository.ts';
import type { KeyOpening } from './deferred-encryptor.ts';
import { readKeyElement } from './key-element.ts';
import { readRevocationElement } from './revocation.ts';
import type { StoredKey } from './stored-key.ts';

/**
 * What to delete, in its order: keys first, then the revocations of keys that are gone, then revocations of all keys
 * that a later one covers. Stopping anywhere never leaves a revoked key without its revocation.
 */
export function obsoleteElements(
  stored: readonly StoredElement[],
  mayGo: (key: StoredKey) => boolean,
  opening: KeyOpening,
  logger: Logger,
): StoredElement[] {
  const named = (name: string): StoredElement[] =>
    stored.filter(({ element }) => element.name === name && element.namespace === '');
  const keys = named('key').map((item) => ({ item, key: readKeyElement(item.element, opening, logger) }));
  const goes = keys.filter(({ key }) => mayGo(key));
  const staying = new Set(keys.filter((entry) => !goes.includes(entry)).map(({ key }) => key.keyId));

  const revocations = named('revocation').map((item) => ({ item, revocation: readRevocationElement(item.element) }));
  const single = revocations.filter(({ revocation }) => revocation.kind === 'key' && !staying.has(revocation.keyId));
  const all = revocations.flatMap(({ item, revocation }) =>
    revocation.kind === 'all' ? [{ item, before: revocation.before }] : [],
  );
  const latest = all.reduce<bigint>((most, { before }) => (before > most ? before : most), 0n);
  const kept = all.find(({ before }) => before === latest);
  return [...goes, ...single, ...all.filter((entry) => entry !== kept)].map(({ item }) => item);
}
