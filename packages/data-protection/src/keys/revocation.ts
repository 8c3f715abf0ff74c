import { parseGuid } from '../encoding/guid.ts';
import { formatInstant, parseInstant, revocationStamp } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import { attributeOf, childElement, elementOf, textOf, type XmlElement } from '../xml/element.ts';
import { KeyElementError } from './key-element-error.ts';

/** Of one key, or of all keys created strictly before an instant. */
export type Revocation =
  | { readonly kind: 'key'; readonly keyId: string }
  | { readonly kind: 'all'; readonly before: Instant };

/** `date` is when one key is revoked, or the instant before which all are (`keyId: '*'`). */
export interface NewRevocation {
  readonly keyId: string;
  readonly date: Instant;
  readonly reason?: string;
}

/**
 * Reads a `revocation` element; its reason does not matter.
 *
 * @throws KeyElementError for anything wrong: a ring whose revocations cannot be trusted must not be used
 */
export function readRevocationElement(element: XmlElement): Revocation {
  const key = childElement(element, 'key');
  const id = key === undefined ? undefined : attributeOf(key, 'id');
  if (id !== '*') {
    const keyId = parseGuid(id ?? '');
    if (keyId === undefined)
      throw new KeyElementError('A revocation names neither a key by its GUID nor all keys by *.');
    return { kind: 'key', keyId };
  }
  const date = childElement(element, 'revocationDate');
  const before = date === undefined ? undefined : parseInstant(textOf(date))?.instant;
  if (before === undefined) throw new KeyElementError('A revocation of all keys has no valid revocationDate.');
  return { kind: 'all', before };
}

export function writeRevocationElement({ keyId, date, reason = '' }: NewRevocation): XmlElement {
  const all = keyId === '*';
  return elementOf('revocation', { version: '1' }, [
    elementOf('revocationDate', {}, [formatInstant(date)]),
    ...(all ? [{ kind: 'comment' as const, text: ' All keys created before the revocation date are revoked. ' }] : []),
    elementOf('key', { id: keyId }, []),
    elementOf('reason', {}, reason === '' ? [] : [reason]),
  ]);
}

export function revocationFriendlyName({ keyId, date }: NewRevocation): string {
  return `revocation-${keyId === '*' ? revocationStamp(date) : keyId}`;
}

/** Whether a key is revoked. */
export type RevocationTest = (key: { readonly keyId: string; readonly creationDate: Instant }) => boolean;

/** Whether a key is revoked by any of them; among those of all keys the latest wins. */
export function revocationTest(revocations: readonly Revocation[]): RevocationTest {
  const keyIds = new Set<string>();
  let latest = 0n;
  for (const revocation of revocations) {
    if (revocation.kind === 'key') keyIds.add(revocation.keyId);
    else if (revocation.before > latest) latest = revocation.before;
  }
  return ({ keyId, creationDate }) => keyIds.has(keyId) || creationDate < latest;
}
