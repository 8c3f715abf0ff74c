import { writeXml, type XmlElement } from '@poolhouse/data-protection';
import { decryptSecrets, elementFacts } from '@poolhouse/data-protection/administration';
import { elementName, type RingElement } from '../keeper-job.ts';
import type { Ring } from './ring.ts';

/**
 * Keys and revocations with their secrets in clear, as the applications of this machine read them. A key that cannot be
 * opened stays as it is: applications then can say which one they lack.
 */
export async function readableElements(ring: Ring): Promise<readonly RingElement[]> {
  const found = new Map<string, RingElement>();
  for (const element of await ring.store.repository.getAllElements()) {
    const facts = elementFacts(element);
    if (facts === undefined || !elementName.test(facts.friendlyName)) continue;
    const name = facts.friendlyName;
    const readable = facts.kind === 'key' ? await opened(element, facts.keyId, ring) : element;
    const text = writeXml(readable ?? element, 'document');
    found.set(name, readable === undefined ? { name, text, closed: true } : { name, text });
  }
  // Revocations first: whoever reads meanwhile never sees a key without what revokes it.
  return [...found.values()].sort((left, right) => (left.name < right.name ? 1 : -1));
}

async function opened(element: XmlElement, keyId: string, ring: Ring): Promise<XmlElement | undefined> {
  try {
    return await decryptSecrets(element, ring.decryptors);
  } catch (error) {
    ring.warn(`The key {${keyId}} cannot be opened. ${error instanceof Error ? error.message : ''}`.trim());
    return undefined;
  }
}
