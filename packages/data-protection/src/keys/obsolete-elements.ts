import { parseGuid } from '../encoding/guid.ts';
import type { Logger } from '../logger.ts';
import type { StoredElement } from '../repositories/repository.ts';
import { attributeOf } from '../xml/element.ts';
import type { KeyOpening } from './deferred-encryptor.ts';
import { KeyElementError } from './key-element-error.ts';
import { readKeyElement } from './key-element.ts';
import { readRevocationElement, revocationTest } from './revocation.ts';
import type { StoredKey } from './stored-key.ts';

/**
 * What to delete, in its order: keys first, then the revocations of keys that are gone, then revocations of all keys
 * that a later one covers. Stopping anywhere never leaves a revoked key without its revocation.
 *
 * A key that cannot be read stays, and so does its revocation: somebody may mend it. When not even its id can be read,
 * no revocation of a single key goes.
 *
 * @param mayGo asked of each key, revocations applied
 * @throws KeyElementError for a revocation that cannot be read
 */
export function obsoleteElements(
  stored: readonly StoredElement[],
  mayGo: (key: StoredKey) => boolean,
  opening: KeyOpening,
  logger: Logger,
): StoredElement[] {
  const named = (name: string): StoredElement[] =>
    stored.filter(({ element }) => element.name === name && element.namespace === '');
  const revocations = named('revocation').map((item) => ({ item, revocation: readRevocationElement(item.element) }));
  const isRevoked = revocationTest(revocations.map(({ revocation }) => revocation));

  const keys = named('key').map((item) => ({ item, key: readable(item, opening, logger) }));
  const goes = keys.filter(({ key }) => key !== undefined && mayGo(key.withRevocation(isRevoked(key))));
  const staying = keys.filter((entry) => !goes.includes(entry)).map(({ item }) => keyIdOf(item));

  const single = revocations.filter(
    ({ revocation }) =>
      revocation.kind === 'key' && !staying.includes(undefined) && !staying.includes(revocation.keyId),
  );
  const all = revocations.flatMap(({ item, revocation }) =>
    revocation.kind === 'all' ? [{ item, before: revocation.before }] : [],
  );
  const latest = all.reduce((most, { before }) => (before > most ? before : most), 0n);
  const kept = all.find(({ before }) => before === latest);
  return [...goes, ...single, ...all.filter((entry) => entry !== kept)].map(({ item }) => item);
}

function readable({ element }: StoredElement, opening: KeyOpening, logger: Logger): StoredKey | undefined {
  try {
    return readKeyElement(element, opening, logger);
  } catch (error) {
    if (!(error instanceof KeyElementError)) throw error;
    logger.error(`A key that cannot be read is not deleted: ${error.message}`);
    return undefined;
  }
}

function keyIdOf({ element }: StoredElement): string | undefined {
  return parseGuid(attributeOf(element, 'id') ?? '');
}
