import type { Exchange } from './exchange.ts';
import type { MessageFailure } from './message-failure.ts';

/**
 * What the forwarder needs of a protocol engine beyond `Exchange`. Bodies pass in both directions as the bytes
 * of an HTTP/1.1 hop: the engine adds or takes away chunk framing where its side differs.
 */
export interface ForwardableExchange extends Exchange {
  /** Told when the client leaves or can take more; one at a time, replaced as the request moves on. */
  listener: ExchangeListener | undefined;
  readonly forwarded: ForwardedRequest;
  /** The final status line is out: nothing but the rest of this answer, or a reset, can follow. */
  readonly headSent: boolean;
  /** Where the forwarder keeps what is the same for all requests of this client connection. */
  readonly hopCache: HopCache;

  /** Hands the body over, piece by piece, as it arrives; once per request, not when `wholeBody` was used. */
  readBody(sink: BodySink): void;
  /** After `bodyData` returned false: `sink` can take more. */
  resumeBody(): void;
  /** Interim answer; clients of HTTP/1.0 get none. */
  sendContinue(): void;

  /**
   * Begins the answer. `first` holds the first bytes of the body (a string is latin1); `complete`: there are no
   * more. False: wait for `clientDrained` before sending more.
   */
  respond(response: UpstreamResponse, first: string | Uint8Array, complete: boolean): boolean;
  /** More of the body; bytes belong to the client's side until `flushed`. False as for `respond`. */
  respondMore(bytes: Uint8Array | string): boolean;
  /** Everything written to the client has left this process: buffers handed over may be used again. */
  readonly flushed: boolean;
  /** The body is complete. `trailers` are lines ending in CRLF, for a body without a length. */
  respondEnd(trailers: string): void;
  /** The answer cannot be completed, and the client must see that: resets. */
  respondFailed(): void;
  /**
   * Answers in the words of the message layer, outside the site, and closes the connection; a failure without a status
   * resets it.
   */
  refuse(failure: MessageFailure): void;
}

/** A request as it goes to an upstream. */
export interface ForwardedRequest {
  /** Fields of the client, whole lines, latin1; without framing, hop-by-hop fields and claims about the client. */
  readonly fields: string;
  /** `Host` is part of `fields`. */
  readonly hasHost: boolean;
  /** Bytes of the body; 0 for none, -1 when unknown: chunked on the next hop. */
  readonly bodyLength: number;
  /** The body, latin1, when all of it came with the head and it is small; undefined = use `readBody`. */
  readonly wholeBody: string | undefined;
  readonly expectsContinue: boolean;
  readonly acceptsTrailers: boolean;
  /** The client's connection can carry chunk framing as it came from the upstream. */
  readonly takesChunks: boolean;
  /** What a trusted peer said before us; empty otherwise. */
  readonly forwardedFor: string;
  readonly forwardedProto: string;
}

export interface HopCache {
  upstream: number;
  version: string;
  fields: string;
}

/** A response head of an upstream, checked; hop-by-hop fields and transfer coding removed. */
export interface UpstreamResponse {
  readonly status: number;
  /** Status line (HTTP/1.1) and fields, whole lines, latin1, no blank line. */
  readonly head: string;
  readonly hasDate: boolean;
  /** `until-close`: the engine must frame the pieces itself. */
  readonly body: 'none' | 'length' | 'chunked' | 'until-close';
  /** Value for the client's `Connection`, when the application may decide it; empty otherwise. */
  readonly connection: string;
}

export interface ExchangeListener {
  /** The client is gone; nothing can be answered any more. */
  clientGone(): void;
  /** The client took what was waiting. */
  clientDrained(): void;
}

/** Receives a request body. */
export interface BodySink {
  /** False: call `resumeBody` when more can be taken. The bytes belong to the sink. */
  bodyData(bytes: Uint8Array): boolean;
  bodyEnd(): void;
  /** The body breaks off: the client left, or broke the framing. Never a clean end. */
  bodyFailed(): void;
}
