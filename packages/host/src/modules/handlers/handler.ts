import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import type { Outcome } from '../../gateway/pipeline/module.ts';
import type { Place } from '../content/place.ts';
import type { Resource } from '../content/resource.ts';

/**
 * What produces an answer once the handler mapping has chosen it. One entry of the mapping may name several
 * (`StaticFileModule,DefaultDocumentModule,DirectoryListingModule`): each is asked in turn until one answers.
 */
export interface Handler {
  execute(request: HandlerRequest): Outcome | Promise<Outcome>;
}

export interface HandlerRequest {
  readonly exchange: Exchange;
  /** Decoded path that is handled: the one of the request, or of its default document. */
  readonly path: string;
  readonly place: Place;
  readonly resource: Resource;
  /** Handles another path in place of this one, through the mapping again. Undefined inside of such a call. */
  readonly child: ((path: string) => Outcome | Promise<Outcome>) | undefined;
}
