import type { FileHandle } from 'node:fs/promises';
import type { ModuleServices } from '../../gateway/pipeline/module.ts';
import type { ScopeContext } from '../scope-context.ts';
import { listFolder } from './folder-listing.ts';
import type { FolderListing } from './folder-listing.ts';
import { createFreshCache } from './fresh-cache.ts';
import { join, lookUp, openAgain } from './look-up.ts';
import type { LookUp } from './look-up.ts';
import type { Place } from './place.ts';
import { missing } from './resource.ts';
import type { FileResource, Resource } from './resource.ts';

/** The files of all sites, as the modules of this gateway see them. */
export interface Content {
  /**
   * What stands at a place. Answers at once when it was looked at within the last second; a change of a file
   * shows after that time. Rejects when the file system fails.
   */
  locate(place: Place, pathCase: NameMatching): Resource | Promise<Resource>;
  /** Opens a located file; undefined when it changed meanwhile: then locate it again. */
  open(file: FileResource, place: Place): Promise<FileHandle | undefined>;
}

/** `silent-fallback` ignores case without an event: for names that the server tries by itself. */
export type NameMatching = ScopeContext['pathCase'] | 'silent-fallback';

/** How long a look at the file system is believed, milliseconds. */
export const freshMs = 1_000;

const contentKey = Symbol('content');

/** One per gateway: its caches have one bound for all sites. */
export function contentOf(services: ModuleServices): Content {
  return services.shared(contentKey, () => createContent(services));
}

function createContent({ now, emit }: Pick<ModuleServices, 'now' | 'emit'>): Content {
  const resources = createFreshCache<Resource>({
    freshMs,
    maxEntries: 8_192,
    maxWeight: 32 * 1024 * 1024,
    weigh: (resource) => (resource.kind === 'file' ? (resource.content?.byteLength ?? 0) : 0) + 256,
  });
  const listings = createFreshCache<FolderListing>({
    freshMs,
    maxEntries: 256,
    maxWeight: 100_000,
    weigh: ({ size }) => size,
  });
  const inFlight = new Map<string, Promise<Resource>>();
  const listingsInFlight = new Map<string, Promise<FolderListing>>();

  return {
    locate(place, pathCase) {
      const key = keyOf(place, pathCase);
      const known = resources.get(key, now());
      if (known !== undefined) return known;
      let search = inFlight.get(key);
      if (search === undefined) {
        search = find(place, pathCase, key).finally(() => inFlight.delete(key));
        inFlight.set(key, search);
      }
      return search;
    },
    async open(file, place) {
      const handle = await openAgain(file);
      if (handle === undefined) {
        for (const pathCase of ['fallback', 'silent-fallback', 'sensitive'] as const) {
          resources.delete(keyOf(place, pathCase));
        }
      }
      return handle;
    },
  };

  async function find(place: Place, pathCase: NameMatching, key: string): Promise<Resource> {
    let found = await lookUp(place.root, place.names);
    if (isAbsent(found) && pathCase !== 'sensitive') {
      const names = await spelledNames(place);
      if (names !== undefined) {
        found = await lookUp(place.root, names);
        if (found.resource.kind !== 'missing' && pathCase === 'fallback') {
          emit('content.case_differs', {
            site: place.site,
            wanted: join(place.root, place.names),
            found: join(place.root, names),
          });
        }
      }
    }
    report(place, found);
    // What is missing may be made at any moment, and looking costs one call.
    if (found.resource.kind !== 'missing') resources.set(key, found.resource, now());
    return found.resource;
  }

  /** Names as the folders spell them; undefined when they cannot be found, or are what was asked for. */
  async function spelledNames(place: Place): Promise<string[] | undefined> {
    const names: string[] = [];
    for (const name of place.names) {
      const spelled = (await listing(join(place.root, names))).find(name);
      if (spelled === undefined) return undefined;
      names.push(spelled);
    }
    return names.every((name, index) => name === place.names[index]) ? undefined : names;
  }

  async function listing(folder: string): Promise<FolderListing> {
    const known = listings.get(folder, now());
    if (known !== undefined) return known;
    const begun = listingsInFlight.get(folder);
    if (begun !== undefined) return begun;
    const search = listFolder(folder).finally(() => listingsInFlight.delete(folder));
    listingsInFlight.set(folder, search);
    const names = await search;
    listings.set(folder, names, now());
    return names;
  }

  function report(place: Place, found: LookUp): void {
    const { site } = place;
    if (found.deniedPath !== undefined) emit('content.denied', { site, path: found.deniedPath });
    if (found.leadsTo !== undefined) {
      emit('content.link_refused', { site, path: join(place.root, place.names), leadsTo: found.leadsTo });
    }
  }
}

/** Nothing there at all, as opposed to something that is not served. */
function isAbsent(found: LookUp): boolean {
  return found.resource === missing && found.leadsTo === undefined;
}

function keyOf(place: Place, pathCase: NameMatching): string {
  return `${pathCase}\0${place.root}\0${place.names.join('/')}`;
}
