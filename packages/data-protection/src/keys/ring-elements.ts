import type { Logger } from '../logger.ts';
import type { XmlElement } from '../xml/element.ts';
import { readKeyElement } from './key-element.ts';
import { KeyElementError } from './key-element-error.ts';
import type { KeyOpening } from './deferred-encryptor.ts';
import { readRevocationElement, revocationTest, type Revocation, type RevocationTest } from './revocation.ts';
import type { StoredKey } from './stored-key.ts';

export interface RingElements {
  /** Revocations applied. */
  readonly keys: readonly StoredKey[];
  readonly isRevoked: RevocationTest;
}

/**
 * Reads the elements of a repository as keys and revocations. A bad key costs that key, with an error in the log; a
 * bad revocation, and one id twice, cost the whole ring.
 *
 * @param known keys of earlier loads by id: a key never changes, so what has been decrypted of it is kept; one that could
 *   not be decrypted is read anew, for somebody may have encrypted it anew since
 * @throws KeyElementError
 */
export function readRing(
  elements: readonly XmlElement[],
  opening: KeyOpening,
  known: ReadonlyMap<string, StoredKey>,
  logger: Logger,
): RingElements {
  const keys = new Map<string, StoredKey>();
  const revocations: Revocation[] = [];
  for (const element of elements) {
    if (element.name === 'key' && element.namespace === '') {
      const key = keyOf(element, opening, logger);
      if (key === undefined) continue;
      if (keys.has(key.keyId)) throw new KeyElementError(`The key {${key.keyId}} already exists in the keyring.`);
      keys.set(key.keyId, opened(known.get(key.keyId)) ?? key);
    } else if (element.name === 'revocation' && element.namespace === '') {
      revocations.push(readRevocationElement(element));
    } else {
      logger.warn(`An element <${element.name}> of the key ring is neither key nor revocation; it is left out.`);
    }
  }
  for (const revocation of revocations) {
    if (revocation.kind === 'key' && !keys.has(revocation.keyId)) {
      logger.warn(`The key {${revocation.keyId}} is revoked but not in the key ring.`);
    }
  }
  const isRevoked = revocationTest(revocations);
  return { keys: [...keys.values()].map((key) => key.withRevocation(isRevoked(key))), isRevoked };
}

function opened(key: StoredKey | undefined): StoredKey | undefined {
  return key?.encryptor === undefined ? undefined : key;
}

function keyOf(element: XmlElement, opening: KeyOpening, logger: Logger): StoredKey | undefined {
  try {
    return readKeyElement(element, opening, logger);
  } catch (error) {
    if (!(error instanceof KeyElementError)) throw error;
    // The element's attributes, never its text: that may be a master key.
    const attributes = element.attributes
      .slice(0, 10)
      .map(({ name, value }) => `${name}=${JSON.stringify(value.slice(0, 100))}`)
      .join(' ');
    logger.error(`A key of the ring is left out (<key ${attributes}>): ${error.message}`, error);
    return undefined;
  }
}
