import type { ModuleServices, Outcome } from '../../gateway/pipeline/module.ts';
import { meaningOf } from '../content/file-error.ts';
import { statusAnswer } from '../error-pages/index.ts';
import type { Handler, HandlerRequest } from '../handlers/handler.ts';
import { listEntries } from './folder-entries.ts';
import { renderListing } from './listing-page.ts';
import type { DirectoryBrowseSettings } from './settings.ts';

/** Shows what is in a folder (DirectoryListingModule). */
export function createDirectoryBrowse(
  settings: DirectoryBrowseSettings,
  { emit }: Pick<ModuleServices, 'emit'>,
): Handler {
  return {
    async execute({ exchange, place, path, resource }: HandlerRequest): Promise<Outcome> {
      if (resource.kind !== 'directory' || !place.isFolder) return 'next';
      const { method } = exchange.request;
      if (method !== 'GET' && method !== 'HEAD') {
        exchange.send(statusAnswer(405, 0, [['Allow', 'GET, HEAD']]));
        return 'done';
      }
      try {
        const page = renderListing(path, await listEntries(resource.path, settings), settings);
        exchange.send({
          status: 200,
          headers: [
            ['Content-Type', 'text/html; charset=utf-8'],
            ['Cache-Control', 'no-cache'],
          ],
          body: page,
        });
      } catch (error) {
        const meaning = meaningOf(error);
        if (meaning === 'failed') throw error;
        if (meaning === 'denied') emit('content.denied', { site: place.site, path: resource.path });
        exchange.send(meaning === 'denied' ? statusAnswer(401, 3) : statusAnswer(404, 0));
      }
      return 'done';
    },
  };
}
