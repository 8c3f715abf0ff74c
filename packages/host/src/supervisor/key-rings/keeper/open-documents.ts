import { certificateList, parseXml, writeXml, type XmlElement } from '@poolhouse/data-protection';
import { decryptSecrets, elementFacts, xmlDecryptors } from '@poolhouse/data-protection/administration';
import type { KeeperAction, RingElement } from '../keeper-job.ts';
import { isArchive, openArchive } from './archive.ts';
import { openBytes } from './open-bytes.ts';

type Open = Extract<KeeperAction, { type: 'open' }>;

/**
 * The keys and revocations of archives and key files, secrets in clear. One that cannot be read or opened costs all: a
 * ring must not be carried over in part without anybody noticing.
 */
export async function openDocuments(action: Open): Promise<readonly RingElement[]> {
  const certificates = await Promise.all(action.certificates.map(openBytes));
  const decryptors = xmlDecryptors({ certificates: [certificateList(certificates)] });
  const opened = new Map<string, string>();
  for (const { name, element } of await readDocuments(action)) {
    const facts = elementFacts(element);
    if (facts === undefined) throw new Error(`${name} is neither a key nor a revocation`);
    const readable = facts.kind === 'key' ? await openedKey(element, facts.keyId, decryptors) : element;
    opened.set(facts.friendlyName, writeXml(readable, 'document'));
  }
  return [...opened].map(([name, text]) => ({ name, text }));
}

async function readDocuments({
  documents,
  passphrase,
}: Open): Promise<readonly { name: string; element: XmlElement }[]> {
  const elements: { name: string; element: XmlElement }[] = [];
  for (const { name, text } of documents) {
    if (!isArchive(text)) {
      elements.push({ name, element: parseXml(text, name) });
      continue;
    }
    if (passphrase === undefined) throw new Error(`${name} is an archive: give its passphrase on standard input`);
    for (const each of await openArchive(text, passphrase)) {
      elements.push({ name: each.name, element: parseXml(each.text, each.name) });
    }
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
