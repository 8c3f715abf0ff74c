import { certificateList, CertificateXmlEncryptor, parseXml, type XmlElement } from '@poolhouse/data-protection';
import {
  decryptSecrets,
  elementFacts,
  encryptSecrets,
  xmlDecryptors,
  type ElementFacts,
} from '@poolhouse/data-protection/administration';
import type { KeeperAction } from '../keeper-job.ts';
import type { ActionResult } from './actions.ts';
import { isArchive, openArchive } from './archive.ts';
import { openBytes } from './open-bytes.ts';
import type { Ring } from './ring.ts';

type Import = Extract<KeeperAction, { type: 'import' }>;

/**
 * Adds keys and revocations that the ring lacks; what it has is never touched.
 *
 *   1. read all documents: one that cannot be read stops the import before anything is stored
 *   2. open the secrets of new keys, and protect them as the ring does
 *   3. store revocations first, so that no key counts a moment without what revokes it
 */
export async function importElements(ring: Ring, action: Import): Promise<ActionResult> {
  // 1.
  const elements = await readDocuments(action);
  const present = new Set(
    (await ring.store.repository.getAllElements()).flatMap((each) => elementFacts(each)?.friendlyName ?? []),
  );
  const added = new Map<string, { facts: ElementFacts; element: XmlElement }>();
  for (const element of elements) {
    const facts = elementFacts(element);
    if (facts === undefined) throw new Error('a document among them is neither a key nor a revocation');
    if (!present.has(facts.friendlyName)) added.set(facts.friendlyName, { facts, element });
  }

  // 2.
  const certificates = await Promise.all(action.certificates.map(openBytes));
  const own = ring.certificate === undefined ? [] : [ring.certificate];
  const decryptors = xmlDecryptors({ certificates: [certificateList([...certificates, ...own, ...ring.older])] });
  const encryptor = ring.certificate === undefined ? undefined : new CertificateXmlEncryptor(ring.certificate);
  const ready: { name: string; element: XmlElement }[] = [];
  for (const [name, { facts, element }] of added) {
    const opened = facts.kind === 'key' ? await openedKey(element, facts.keyId, decryptors) : element;
    ready.push({ name, element: encryptor === undefined ? opened : await encryptSecrets(opened, encryptor) });
  }

  // 3.
  ready.sort((left, right) => (left.name < right.name ? 1 : -1));
  for (const { name, element } of ready) await ring.store.repository.storeElement(element, name);
  return { changed: ready.map(({ name }) => name) };
}

async function readDocuments({ documents, passphrase }: Import): Promise<readonly XmlElement[]> {
  const elements: XmlElement[] = [];
  for (const { name, text } of documents) {
    if (!isArchive(text)) {
      elements.push(parseXml(text, name));
      continue;
    }
    if (passphrase === undefined) throw new Error(`${name} is an archive: give its passphrase on standard input`);
    for (const each of await openArchive(text, passphrase)) elements.push(parseXml(each.text, each.name));
  }
  return elements;
}

async function openedKey(
  element: XmlElement,
  keyId: string,
  decryptors: ReturnType<typeof xmlDecryptors>,
): Promise<XmlElement> {
  try {
    return await decryptSecrets(element, decryptors);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the key {${keyId}} cannot be opened, nothing was imported. ${why}`, { cause: error });
  }
}
