import { chmod, mkdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { readPolicyFile, policyPath, instantOf, usualLifetimeDays } from '@poolhouse/data-protection/administration';
import { CryptographicError, silentLogger } from '@poolhouse/data-protection';
import type { KeeperAction, RingElement, RingPlace } from '../keeper-job.ts';
import { sealArchive } from './archive.ts';
import { importElements } from './import-elements.ts';
import { openDocuments } from './open-documents.ts';
import { readableElements } from './readable-elements.ts';
import { reprotect } from './reprotect.ts';
import type { Ring } from './ring.ts';

/** What an action adds to an answer. */
export interface ActionResult {
  readonly changed: readonly string[];
  readonly problem?: string;
  readonly elements?: readonly RingElement[];
  readonly archive?: string;
}

const dayMs = 86_400_000;
const nothing: ActionResult = { changed: [] };

/** @throws Error with a sentence for people */
export async function performAction(ring: Ring): Promise<ActionResult> {
  const { action, place } = ring.job;
  // A local ring that is not there yet is an empty one.
  const needed = place.store === 'Folder' && !place.local && action.type !== 'provision';
  if (needed || action.type === 'load') await requireFolder(place);
  switch (action.type) {
    case 'load':
      return load(ring, action.hadKeys);
    case 'describe':
      return nothing;
    case 'provision':
      return provision(ring);
    case 'create':
      return create(ring, action.activateInMs);
    case 'revoke':
      return revoke(ring, action);
    case 'revokeBefore':
      return revokeBefore(ring, action);
    case 'reprotect':
      return reprotect(ring, action.certificate);
    case 'read':
      return readRing(ring);
    case 'import':
      return importElements(ring, action.elements);
    case 'seal':
      return { changed: [], archive: await sealArchive(action.elements, action.passphrase) };
    case 'open':
      return { changed: [], elements: await openDocuments(action) };
    case 'prune':
      return prune(ring, action);
  }
}

async function load(ring: Ring, hadKeys: boolean): Promise<ActionResult> {
  const before = await keysOf(ring);
  if (hadKeys && before.length === 0) {
    throw new Error('it is empty and had keys before: is its share mounted? To begin anew, use poolhouse keys create');
  }
  const mayGenerate = ring.job.autoGenerate && !(await lacksCertificate(before, ring));
  using provider = ring.provider(mayGenerate);
  const problem = await provider.load().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  // What cannot be read at all fails here, and the copy that there is stays.
  const elements = await readableElements(ring);
  const known = new Set(before.map(({ keyId }) => keyId));
  const after = (await keysOf(ring)).map(({ keyId }) => keyId);
  if (known.size > 0 && !after.some((keyId) => known.has(keyId))) {
    throw new Error('all of its keys went while they were read: is its share mounted?');
  }
  const changed = after.filter((keyId) => !known.has(keyId));
  return { changed, elements, ...(problem === undefined ? {} : { problem }) };
}

/**
 * Whether keys in use are protected for a certificate that is not here. A machine with the wrong certificate would make
 * a key that the others cannot open, and they one that it cannot, for ever.
 */
async function lacksCertificate(keys: Awaited<ReturnType<typeof keysOf>>, ring: Ring): Promise<boolean> {
  const now = instantOf(new Date());
  for (const key of keys.filter(({ isRevoked, expirationDate }) => !isRevoked && expirationDate > now)) {
    const error = await key.createEncryptor().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof CryptographicError) || error.code !== 'DecryptionKeyNotFound') continue;
    ring.warn(`No new key is made here: key {${key.keyId}} is in use, and the certificate that opens it is missing.`);
    return true;
  }
  return false;
}

/** A share that is not mounted must not become a folder of this machine. */
async function requireFolder(place: RingPlace): Promise<void> {
  if (place.store !== 'Folder') return;
  const found = await stat(place.path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  if (found?.isDirectory() === true) return;
  const { username } = userInfo();
  const remedy = `mount it, or make it: install -d -m 0700 -o ${username} ${place.path}`;
  throw new Error(`there is no folder ${place.path} that the user ${username} can see; ${remedy}`);
}

/** A folder that nobody else can read. Who may read a store that machines share is not decided here. */
async function provision(ring: Ring): Promise<ActionResult> {
  const { place } = ring.job;
  if (place.store !== 'Folder') {
    await ring.store.repository.getAllElements();
    return nothing;
  }
  const made = await mkdir(place.path, { recursive: true, mode: 0o700 });
  if (made !== undefined) return { changed: [place.path] };
  const { mode } = await stat(place.path);
  if (!place.local || (mode & 0o777) === 0o700) return nothing;
  await chmod(place.path, 0o700);
  return { changed: [place.path] };
}

async function create(ring: Ring, activateInMs: number): Promise<ActionResult> {
  const policy = readPolicyFile(policyPath, silentLogger);
  const days = ring.job.keyLifetimeDays ?? policy?.newKeyLifetimeDays ?? usualLifetimeDays;
  const now = Date.now();
  if (activateInMs >= days * dayMs) throw new Error(`a key lives for ${days} days: it would expire before it is used`);
  using provider = ring.provider(false);
  const at = (ms: number) => instantOf(new Date(now + ms));
  const { keyId } = await provider.keyManager.createNewKey(at(activateInMs), at(days * dayMs));
  return { changed: [keyId] };
}

async function revoke(ring: Ring, { keyId, reason }: KeeperAction & { type: 'revoke' }): Promise<ActionResult> {
  using provider = ring.provider(false);
  const key = (await provider.keyManager.getAllKeys()).find((each) => each.keyId === keyId.toLowerCase());
  if (key === undefined) throw new Error(`the ring has no key ${keyId}`);
  if (key.isRevoked) return nothing;
  await provider.keyManager.revokeKey(key.keyId, reason);
  return { changed: [key.keyId] };
}

async function revokeBefore(
  ring: Ring,
  { before, reason }: KeeperAction & { type: 'revokeBefore' },
): Promise<ActionResult> {
  const instant = instantOf(new Date(before));
  using provider = ring.provider(false);
  const keys = await provider.keyManager.getAllKeys();
  const concerned = keys.filter((key) => !key.isRevoked && key.creationDate < instant);
  if (concerned.length === 0) return nothing;
  await provider.keyManager.revokeAllKeys(instant, reason);
  return { changed: concerned.map(({ keyId }) => keyId) };
}

async function readRing(ring: Ring): Promise<ActionResult> {
  return { changed: [], elements: await readableElements(ring) };
}

async function prune(
  ring: Ring,
  { olderThanMs, includeUnexpired }: KeeperAction & { type: 'prune' },
): Promise<ActionResult> {
  const limit = instantOf(new Date(Date.now() - olderThanMs));
  using provider = ring.provider(false);
  const before = await provider.keyManager.getAllKeys();
  const done = await provider.keyManager.deleteKeys(
    // What has expired is measured from then; what has not, from when it was made.
    (key) => (includeUnexpired ? key.creationDate : key.expirationDate) < limit,
    includeUnexpired,
  );
  const after = new Set((await keysOf(ring)).map(({ keyId }) => keyId));
  const changed = before.map(({ keyId }) => keyId).filter((keyId) => !after.has(keyId));
  if (!done) throw new Error(`not all keys could be deleted; ${changed.length} are gone`);
  return { changed };
}

async function keysOf(ring: Ring) {
  using provider = ring.provider(false);
  return await provider.keyManager.getAllKeys();
}
