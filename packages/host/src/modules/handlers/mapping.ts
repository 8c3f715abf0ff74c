import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import type { Resource } from '../content/resource.ts';
import type { Handler } from './handler.ts';
import { createPathPattern } from './path-pattern.ts';
import type { PathPattern } from './path-pattern.ts';
import type { HandlerEntry, HandlerId } from './settings.ts';

/** An entry of the mapping, ready to be asked. */
export interface MappedHandler {
  readonly entry: HandlerEntry;
  readonly fitsPath: PathPattern;
  readonly handlers: readonly Handler[];
  /** The entry cannot be chosen, or cannot answer, without a look at the file system. */
  readonly needsResource: boolean;
}

export function mapHandlers(
  entries: readonly HandlerEntry[],
  handlerOf: (id: HandlerId) => Handler | undefined,
): readonly MappedHandler[] {
  return entries.map((entry) => ({
    entry,
    fitsPath: createPathPattern(entry.path),
    handlers: entry.handlers.map(handlerOf).filter((handler) => handler !== undefined),
    needsResource: entry.resourceType !== 'Unspecified' || entry.handlers.some((id) => fileHandlers.has(id)),
  }));
}

const fileHandlers: ReadonlySet<HandlerId> = new Set(['static-file', 'default-document', 'directory-browse']);

export function fitsVerb(entry: HandlerEntry, exchange: Exchange): boolean {
  return entry.verbs === undefined || entry.verbs.includes(exchange.request.method);
}

/** What the gateway may not read exists nevertheless: a file handler then answers 401.3. */
export function fitsResource(entry: HandlerEntry, resource: Resource): boolean {
  switch (entry.resourceType) {
    case 'Unspecified':
      return true;
    case 'Either':
      return resource.kind !== 'missing';
    case 'File':
      return resource.kind === 'file' || resource.kind === 'denied';
    case 'Directory':
      return resource.kind === 'directory' || resource.kind === 'denied';
  }
}
