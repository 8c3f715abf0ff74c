import type { Content } from '../content/content.ts';
import type { Place } from '../content/place.ts';
import type { FileResource } from '../content/resource.ts';
import { acceptedCodings, siblingCodings } from './accept-encoding.ts';
import type { Coding } from './accept-encoding.ts';

/** A compressed form of a file that lies beside it: `app.js.br`. */
export interface Sibling {
  readonly coding: Coding;
  readonly file: FileResource;
  readonly place: Place;
}

/** Siblings that are not older than the file: an older one is left from the version before. */
export async function findSiblings(content: Content, file: FileResource, place: Place): Promise<readonly Sibling[]> {
  const name = place.names.at(-1);
  if (name === undefined) return [];
  const candidates = siblingCodings.map(async ({ coding, suffix }) => {
    const beside = { ...place, names: [...place.names.slice(0, -1), name + suffix] };
    const found = await content.locate(beside, 'sensitive');
    return found.kind === 'file' && found.mtimeNs >= file.mtimeNs ? [{ coding, file: found, place: beside }] : [];
  });
  return (await Promise.all(candidates)).flat();
}

/** The sibling that the client likes best; undefined = send the file as it is. */
export function chooseSibling(siblings: readonly Sibling[], acceptEncoding: string | undefined): Sibling | undefined {
  if (siblings.length === 0) return undefined;
  for (const coding of acceptedCodings(acceptEncoding)) {
    const sibling = siblings.find((candidate) => candidate.coding === coding);
    if (sibling !== undefined) return sibling;
  }
  return undefined;
}
