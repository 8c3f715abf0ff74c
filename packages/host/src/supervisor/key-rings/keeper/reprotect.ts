import { CertificateXmlEncryptor, type StoredElement } from '@poolhouse/data-protection';
import { decryptSecrets, elementFacts, encryptSecrets } from '@poolhouse/data-protection/administration';
import type { CertificateBytes } from '../keeper-job.ts';
import type { ActionResult } from './actions.ts';
import { openBytes } from './open-bytes.ts';
import type { Ring } from './ring.ts';

/**
 * Encrypts the secrets of all keys for another certificate, each key replaced in one step. Stops at the first key that
 * cannot be opened: what was done by then stays and need not be done again.
 */
export async function reprotect(ring: Ring, given: CertificateBytes | undefined): Promise<ActionResult> {
  const certificate = given === undefined ? ring.certificate : await openBytes(given);
  if (certificate === undefined) {
    throw new Error('the configuration names no certificate for this ring: give one with --cert, or add it there');
  }
  const encryptor = new CertificateXmlEncryptor(certificate);
  const changed: string[] = [];
  for (const { element, handle } of await stored(ring)) {
    const facts = elementFacts(element);
    if (facts?.kind !== 'key') continue;
    const encrypted = await encryptSecrets(await decryptSecrets(element, ring.decryptors), encryptor);
    // Encrypting twice gives two texts: by the certificate one sees that nothing is to be done.
    const after = elementFacts(encrypted);
    if (after?.kind === 'key' && after.protection === facts.protection) continue;
    await ring.store.replace(handle, encrypted);
    changed.push(facts.keyId);
  }
  return { changed };
}

/** Repositories tell handles to those who delete; nothing is. */
async function stored({ store }: Ring): Promise<readonly StoredElement[]> {
  let all: readonly StoredElement[] = [];
  await store.repository.deleteElements?.((elements) => {
    all = elements;
    return [];
  });
  return all;
}
