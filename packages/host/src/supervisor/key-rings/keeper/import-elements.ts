import { parseXml, type XmlElement } from '@poolhouse/data-protection';
import { elementFacts, encryptSecrets } from '@poolhouse/data-protection/administration';
import type { RingElement } from '../keeper-job.ts';
import type { ActionResult } from './actions.ts';
import type { Ring } from './ring.ts';

/**
 * Adds keys and revocations that the ring lacks; what it has is never touched.
 *
 *   1. read all elements: one that cannot be read stops the import before anything is stored
 *   2. protect the secrets of new keys as the ring does
 *   3. store revocations first, so that no key counts a moment without what revokes it
 */
export async function importElements(ring: Ring, given: readonly RingElement[]): Promise<ActionResult> {
  // 1.
  const stored = await ring.store.repository.getAllElements();
  const present = new Set(stored.flatMap((each) => elementFacts(each)?.friendlyName ?? []));
  const added = new Map<string, XmlElement>();
  for (const { name, text } of given) {
    const element = parseXml(text, name);
    const facts = elementFacts(element);
    if (facts === undefined) throw new Error(`${name} is neither a key nor a revocation`);
    if (!present.has(facts.friendlyName)) added.set(facts.friendlyName, element);
  }

  // 2.
  const ready: { name: string; element: XmlElement }[] = [];
  for (const [name, element] of added) {
    ready.push({
      name,
      element: ring.encryptor === undefined ? element : await encryptSecrets(element, ring.encryptor),
    });
  }

  // 3.
  ready.sort((left, right) => (left.name < right.name ? 1 : -1));
  for (const { name, element } of ready) await ring.store.repository.storeElement(element, name);
  return { changed: ready.map(({ name }) => name) };
}
