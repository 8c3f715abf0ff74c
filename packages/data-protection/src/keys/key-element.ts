import { parseGuid } from '../encoding/guid.ts';
import type { Algorithms } from '../encryption/authenticated-encryptor.ts';
import type { Logger } from '../logger.ts';
import { formatInstant, parseInstant } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import { attributeOf, childElement, elementOf, textOf, type XmlElement } from '../xml/element.ts';
import { DeferredEncryptor, type KeyOpening } from './deferred-encryptor.ts';
import { KeyElementError } from './key-element-error.ts';
import { newDescriptor, type ManagedAlgorithms } from './new-descriptor.ts';
import { StoredKey, type KeyDates } from './stored-key.ts';

export interface NewKey extends KeyDates {
  readonly keyId: string;
  readonly algorithms: Algorithms | ManagedAlgorithms;
  /** 64 random bytes. */
  readonly masterKey: Uint8Array;
}

/**
 * Reads a `key` element. Its descriptor is not looked at before the key is used, so that one bad secret costs one key.
 *
 * @throws KeyElementError for an id or a date that is missing or wrong: such a key is left out of the ring
 */
export function readKeyElement(element: XmlElement, opening: KeyOpening, logger: Logger): StoredKey {
  const keyId = parseGuid(attributeOf(element, 'id') ?? '');
  if (keyId === undefined) throw new KeyElementError('A key element has no GUID as its id.');
  const dates: KeyDates = {
    creationDate: dateOf(element, 'creationDate', keyId, logger),
    activationDate: dateOf(element, 'activationDate', keyId, logger),
    expirationDate: dateOf(element, 'expirationDate', keyId, logger),
  };
  return new StoredKey(keyId, dates, new DeferredEncryptor(keyId, childElement(element, 'descriptor'), opening));
}

/** The element of a new key with its secret in clear, marked for encryption. */
export function writeKeyElement({ keyId, algorithms, masterKey, ...dates }: NewKey): XmlElement {
  return elementOf('key', { id: keyId, version: '1' }, [
    elementOf('creationDate', {}, [formatInstant(dates.creationDate)]),
    elementOf('activationDate', {}, [formatInstant(dates.activationDate)]),
    elementOf('expirationDate', {}, [formatInstant(dates.expirationDate)]),
    newDescriptor(algorithms, masterKey),
  ]);
}

export function keyFriendlyName(keyId: string): string {
  return `key-${keyId}`;
}

// The text stays out of the error: in a file that is not what it seems it may be anything.
function dateOf(key: XmlElement, name: keyof KeyDates, keyId: string, logger: Logger): Instant {
  const element = childElement(key, name);
  const parsed = element === undefined ? undefined : parseInstant(textOf(element));
  if (parsed === undefined) throw new KeyElementError(`The key {${keyId}} has no valid ${name}.`);
  if (parsed.offsetMissing) {
    logger.warn(`The ${name} of key {${keyId}} has no time zone; it is taken for UTC. .NET takes the local time.`);
  }
  return parsed.instant;
}
