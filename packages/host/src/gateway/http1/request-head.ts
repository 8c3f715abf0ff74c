import type { MessageFailure } from '../pipeline/message-failure.ts';
import type { RequestHead } from '../pipeline/exchange.ts';
import type { AuthorityCache } from './authority.ts';
import { findField } from './field-lookup.ts';
import { checkFields } from './request-checks.ts';
import { incomplete, scanFields } from './request-fields.ts';
import { parseRequestLine } from './request-line.ts';

/** Limits of one head, and what is known of the connection that it came on. */
export interface HeadContext {
  readonly maxRequestBytes: number;
  readonly maxFieldBytes: number;
  readonly maxFields: number;
  readonly secure: boolean;
  /** The peer is a trusted proxy: what it says about the client is kept. */
  readonly trusted: boolean;
  readonly authorities: AuthorityCache;
}

/** A request head that passed every check, from one scan over its bytes. */
export class Http1RequestHead implements RequestHead {
  method = '';
  /** Origin form or `*`. */
  target = '';
  version: '1.0' | '1.1' = '1.1';
  /** Normalised host; empty when a 1.0 request names none. */
  host = '';
  /** Fields for the next hop, whole lines as sent: without framing, hop-by-hop and forwarded ones. */
  fields = '';
  /** Bytes of the body; 0 for none, -1 when chunked. */
  bodyLength = 0;
  /** Whether the client wants the connection to stay open. */
  keepAlive = true;
  expectsContinue = false;
  /** The client takes trailers. */
  acceptsTrailers = false;
  /** Protocols the client would change to; empty when it asks for none. */
  upgrade = '';
  /** Existing chains of a trusted peer; empty otherwise. */
  forwardedFor = '';
  forwardedProto = '';
  /** Text that the head was read from, the offset of its first field, and the offset after its blank line. */
  text = '';
  fieldsStart = 0;
  end = 0;

  header(name: string): string | undefined {
    return findField(this.text, this.fieldsStart, this.end - 2, name);
  }

  fieldLines(): string {
    return this.text.slice(this.fieldsStart, this.end - 2);
  }
}

/**
 * Parses the head at the start of `bytes`; `text` is their latin1, as far as it is to be looked at (more may follow
 * the head). Bytes are what is scanned, because that is several times faster; the text is what slices are cut from.
 *
 *   1. request line: method SP target SP version CRLF
 *   2. fields: one pass; lines to forward stay contiguous slices of the text
 *   3. checks across fields: host, connection, framing, expectation
 *
 * Returns undefined when the text ends before the head does.
 */
export function parseRequestHead(
  bytes: Uint8Array,
  text: string,
  context: HeadContext,
): Http1RequestHead | MessageFailure | undefined {
  const head = new Http1RequestHead();
  head.text = text;
  const failure = parseRequestLine(head, bytes, context) ?? parseFields(head, bytes, context);
  return failure === undefined ? head : failure === incomplete ? undefined : failure;
}

function parseFields(head: Http1RequestHead, bytes: Uint8Array, context: HeadContext): MessageFailure | undefined {
  const collected = scanFields(head, bytes, context);
  return 'failure' in collected ? collected : checkFields(head, collected, context);
}
