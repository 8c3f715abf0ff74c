import { basename } from 'node:path';
import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import type { ModuleServices, Outcome } from '../../gateway/pipeline/module.ts';
import { contentOf } from '../content/content.ts';
import type { Place } from '../content/place.ts';
import type { FileResource } from '../content/resource.ts';
import { statusAnswer } from '../error-pages/index.ts';
import type { Handler, HandlerRequest } from '../handlers/handler.ts';
import { isCompressible } from './accept-encoding.ts';
import { clientCacheFields } from './client-cache.ts';
import { folderLocation } from './folder-redirect.ts';
import { createMimeMap } from './mime-map.ts';
import { describeRepresentation } from './representation.ts';
import type { Representation } from './representation.ts';
import { sendFile } from './send-file.ts';
import type { StaticFileSettings } from './settings.ts';
import { chooseSibling, findSiblings } from './siblings.ts';
import type { Sibling } from './siblings.ts';

/** A file that changes each time it is opened is given up after this many looks. */
const maxLooks = 3;

/** Serves files (StaticFileModule): types, validators, ranges, compressed siblings, folders without slash. */
export function createStaticFile(settings: StaticFileSettings, services: ModuleServices): Handler {
  const content = contentOf(services);
  const mimeTypeOf = createMimeMap(settings.mimeTypes);
  const clientCache = clientCacheFields(settings.clientCache);
  const { setEtag } = settings.clientCache;
  // Both last as long as the look at the file itself: a new look makes a new key.
  const siblings = new WeakMap<FileResource, readonly Sibling[]>();
  const representations = new WeakMap<FileResource, Representation>();

  return { execute: (request) => execute(request, maxLooks) };

  function execute({ exchange, place, resource }: HandlerRequest, looks: number): Outcome | Promise<Outcome> {
    switch (resource.kind) {
      case 'missing':
        return refuse(exchange, 404, 0);
      case 'denied':
        return refuse(exchange, 401, 3);
      case 'directory':
        return redirectToFolder(exchange, place);
      case 'file':
        return serve(exchange, place, resource, looks);
    }
  }

  function redirectToFolder(exchange: Exchange, place: Place): Outcome {
    if (place.isFolder || !settings.redirectFolders || !isRead(exchange)) return 'next';
    exchange.send(statusAnswer(301, 0, [['Location', folderLocation(exchange.route)]]));
    return 'done';
  }

  function serve(exchange: Exchange, place: Place, file: FileResource, looks: number): Outcome | Promise<Outcome> {
    if (place.isFolder) return refuse(exchange, 404, 0);
    const mimeType = mimeTypeOf(place.names.at(-1) ?? basename(file.path));
    if (mimeType === undefined) return refuse(exchange, 404, 3);
    if (!isRead(exchange)) {
      exchange.send(statusAnswer(405, 0, [['Allow', 'GET, HEAD']]));
      return 'done';
    }
    const known = isCompressible(mimeType) ? siblings.get(file) : [];
    if (known !== undefined) return send(exchange, place, file, mimeType, known, looks);
    return findSiblings(content, file, place).then((found) => {
      siblings.set(file, found);
      return send(exchange, place, file, mimeType, found, looks);
    });
  }

  function send(
    exchange: Exchange,
    place: Place,
    file: FileResource,
    mimeType: string,
    available: readonly Sibling[],
    looks: number,
  ): Outcome | Promise<Outcome> {
    const sibling = chooseSibling(available, exchange.request.header('accept-encoding'));
    const chosen = sibling?.file ?? file;
    let representation = representations.get(chosen);
    if (representation === undefined) {
      const options = { mimeType, coding: sibling?.coding ?? '', varies: available.length > 0, setEtag, clientCache };
      representation = describeRepresentation(chosen, { ...options, now: services.epoch() });
      representations.set(chosen, representation);
    }
    const sent = sendFile(exchange, representation, sibling?.place ?? place, { content, services });
    if (sent === true) return 'done';
    return Promise.resolve(sent).then((answered) => (answered ? 'done' : lookAgain(exchange, place, looks - 1)));
  }

  async function lookAgain(exchange: Exchange, place: Place, looks: number): Promise<Outcome> {
    if (looks === 0) throw new Error(`${place.names.join('/')} changes faster than it can be read`);
    const resource = await content.locate(place, settings.pathCase);
    return execute({ exchange, path: exchange.route.cookedPath, place, resource, child: undefined }, looks);
  }
}

function isRead({ request }: Exchange): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

function refuse(exchange: Exchange, status: number, subStatus: number): Outcome {
  exchange.send(statusAnswer(status, subStatus));
  return 'done';
}
