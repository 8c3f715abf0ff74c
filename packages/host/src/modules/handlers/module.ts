import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import { foldPath } from '../../gateway/pipeline/fold-path.ts';
import type { GatewayModule, ModuleServices, Outcome } from '../../gateway/pipeline/module.ts';
import { aspNetCoreModule } from '../asp-net-core/module.ts';
import { contentOf } from '../content/content.ts';
import { join } from '../content/look-up.ts';
import { placeOf } from '../content/place.ts';
import type { Place } from '../content/place.ts';
import { missing } from '../content/resource.ts';
import type { Resource } from '../content/resource.ts';
import { unservedSubStatus } from '../content/served-names.ts';
import { createDefaultDocument } from '../default-document/module.ts';
import { createDirectoryBrowse } from '../directory-browse/module.ts';
import { failureAnswer, statusAnswer } from '../error-pages/index.ts';
import { createStaticFile } from '../static-file/module.ts';
import type { Handler, HandlerRequest } from './handler.ts';
import { fitsResource, fitsVerb, mapHandlers } from './mapping.ts';
import type { MappedHandler } from './mapping.ts';
import { protocolSupport } from './protocol-support.ts';
import type { HandlerId, HandlersSettings } from './settings.ts';

/** A place that only applications may see, and how a file handler would refuse it. */
interface Refusal {
  readonly status: number;
  readonly subStatus: number;
}

/**
 * Finds the handler of a request and lets it answer.
 *
 *   1. go through the entries in order: path, verb
 *   2. look at the file system when an entry asks for it, not before
 *   3. check the right that the entry requires, then ask its handlers
 *   4. when nobody answered, say why: 404.4, 405, 403.14, 404
 */
export const handlersModule: GatewayModule<HandlersSettings> = {
  id: 'handlers',
  create(settings, services) {
    const mapping = mapHandlers(settings.entries, createHandlers(settings, services));
    const content = contentOf(services);
    return { handle: (exchange) => dispatch(exchange, exchange.route.cookedPath, true) };

    function dispatch(exchange: Exchange, path: string, mayHaveChild: boolean): Outcome | Promise<Outcome> {
      const names = foldPath(path)
        .split('/')
        .filter((name) => name !== '');
      const fitting = mapping.filter((mapped) => mapped.fitsPath(names));
      const first = fitting.find(({ entry }) => fitsVerb(entry, exchange));
      if (first === undefined) return refuse(exchange, noHandler(fitting));
      if (!first.needsResource)
        return run(first, { exchange, path, place: nowhere, resource: missing, child: undefined });

      const place = placeOf(exchange.route, path);
      const refusal = place === undefined ? notFound : refusalOf(exchange, place);
      const child = mayHaveChild ? (below: string) => dispatch(exchange, below, false) : undefined;
      const resource = place === undefined || refusal !== undefined ? missing : locate(place, exchange);
      const choose = (found: Resource | undefined): Outcome | Promise<Outcome> => {
        if (found === undefined) return refuse(exchange, { status: 500, subStatus: 0 });
        const request = { exchange, path, place: place ?? nowhere, resource: found, child };
        return answer(fitting, request, refusal ?? notFound);
      };
      return resource instanceof Promise ? resource.then(choose) : choose(resource);
    }

    /** Undefined when the file system failed; the event says how. */
    function locate(place: Place, exchange: Exchange): Resource | Promise<Resource | undefined> {
      const found = content.locate(place, settings.pathCase);
      if (!(found instanceof Promise)) return found;
      return found.catch((error: Error) => {
        const path = join(place.root, place.names);
        services.emit('content.failed', { site: exchange.route.site.name, path, error: error.message });
        return undefined;
      });
    }
  },
};

function createHandlers(settings: HandlersSettings, services: ModuleServices): (id: HandlerId) => Handler | undefined {
  const { aspNetCore, staticFile, defaultDocument, directoryBrowse } = settings;
  const program = aspNetCore && aspNetCoreModule.create(aspNetCore, services);
  const handlers: Readonly<Record<HandlerId, Handler | undefined>> = {
    'asp-net-core': program && { execute: ({ exchange }) => program.handle(exchange) },
    'static-file': staticFile && createStaticFile(staticFile, services),
    'default-document': defaultDocument && createDefaultDocument(defaultDocument, services),
    'directory-browse': directoryBrowse && createDirectoryBrowse(directoryBrowse, services),
    'protocol-support': protocolSupport,
  };
  return (id) => handlers[id];
}

const nowhere: Place = { site: '', root: '', names: [], isFolder: false };
const notFound: Refusal = { status: 404, subStatus: 0 };

/** The file system never sees encoded separators, dot files and the like; `undefined` = it may look. */
function refusalOf({ request, route }: Exchange, place: Place): Refusal | undefined {
  if (route.encodedSeparator) return request.target.includes('\\') ? { status: 400, subStatus: 0 } : notFound;
  const subStatus = unservedSubStatus(place.names);
  return subStatus === undefined ? undefined : { status: 404, subStatus };
}

function answer(
  fitting: readonly MappedHandler[],
  request: HandlerRequest,
  refusal: Refusal,
): Outcome | Promise<Outcome> {
  const { exchange, resource } = request;
  const present = fitting.filter(({ entry }) => fitsResource(entry, resource));
  const chosen = present.find(({ entry }) => fitsVerb(entry, exchange));
  // Nothing there: the refusal says why. Something there, but no handler for its kind or for the verb.
  if (chosen === undefined) return refuse(exchange, resource.kind === 'missing' ? refusal : noHandler(present));
  // An entry for any resource whose handlers need a file would speak of a missing one.
  if (chosen.needsResource && resource.kind === 'missing') return refuse(exchange, refusal);
  return run(chosen, request);
}

function run({ entry, handlers }: MappedHandler, request: HandlerRequest): Outcome | Promise<Outcome> {
  const { exchange } = request;
  if (entry.refusal !== undefined && !(entry.refusal.remoteOnly && isLocal(exchange))) {
    return refuse(exchange, { status: 403, subStatus: entry.refusal.subStatus });
  }
  if (entry.failure !== undefined) {
    exchange.send(failureAnswer(entry.failure, isLocal(exchange)));
    return 'done';
  }
  return askInTurn(handlers, request, 0);
}

function askInTurn(handlers: readonly Handler[], request: HandlerRequest, index: number): Outcome | Promise<Outcome> {
  for (let next = index; next < handlers.length; next += 1) {
    const outcome = (handlers[next] as Handler).execute(request);
    if (outcome instanceof Promise) {
      return outcome.then((settled) => (settled === 'done' ? settled : askInTurn(handlers, request, next + 1)));
    }
    if (outcome === 'done') return outcome;
  }
  return refuse(request.exchange, request.resource.kind === 'directory' ? { status: 403, subStatus: 14 } : notFound);
}

/** No entry for the path is 404.4, no entry for the verb 405 with the verbs that there are. */
function noHandler(fitting: readonly MappedHandler[]): Refusal & { readonly allow?: string } {
  const verbs = new Set(fitting.flatMap(({ entry }) => entry.verbs ?? []));
  return verbs.size === 0 ? { status: 404, subStatus: 4 } : { status: 405, subStatus: 0, allow: [...verbs].join(', ') };
}

function refuse(exchange: Exchange, { status, subStatus, allow }: Refusal & { readonly allow?: string }): Outcome {
  exchange.send(statusAnswer(status, subStatus, allow === undefined ? [] : [['Allow', allow]]));
  return 'done';
}

/** A request from this machine; not one that a proxy on this machine passes on. */
function isLocal({ connection, request }: Exchange): boolean {
  const { remoteAddress, localAddress } = connection;
  const fromHere =
    remoteAddress === localAddress || remoteAddress === '::1' || /^(?:::ffff:)?127\./.test(remoteAddress);
  return fromHere && proxyFields.every((name) => request.header(name) === undefined);
}

/** One of these, and a proxy on this machine passes on what somebody else asked for. */
const proxyFields = ['x-forwarded-for', 'forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];
