import type { BodySink } from '../pipeline/forwardable.ts';
import type { BodyBudget } from './body-budget.ts';
import { ChunkedDecoder, type ChunkedFailure } from './chunked-decoder.ts';
import { type MessageFailure, messageFailures } from '../pipeline/message-failure.ts';
import { passableTrailers } from './trailers.ts';

/** Read ahead of whoever will receive the body: what waits in a queue keeps this much, the rest stays in the socket. */
const readAheadBytes = 65_536;

/**
 * The body of one request, from the client's socket to a sink. Pieces are slices of what arrived; a chunked body
 * comes out chunked, in canonical framing. Before there is a sink, a bounded part waits here.
 */
export class RequestBody {
  /** All bytes have arrived. */
  complete = false;
  /** Bytes that arrived, framing included. */
  received = 0;
  /** Set when the body breaks the rules; the connection cannot be used any more. */
  failure: MessageFailure | undefined;
  /** `limit` was exceeded. */
  overLimit = false;

  private left: number;
  private readonly decoder: ChunkedDecoder | undefined;
  private limit = Infinity;
  private sink: BodySink | undefined;
  private discarding = false;
  private waiting: Uint8Array[] = [];
  /** Bytes that wait here, or in a sink that could take no more. */
  private heldBytes = 0;
  private readonly budget: BodyBudget | undefined;

  /** `length` in bytes; -1 when chunked. What is held counts in the budget. */
  constructor(length: number, budget?: BodyBudget) {
    this.left = length;
    this.budget = budget;
    this.decoder = length === -1 ? new ChunkedDecoder('framed') : undefined;
  }

  /** Bytes that are still to come; undefined when the body is chunked and not complete. */
  get missing(): number | undefined {
    if (this.complete) return 0;
    return this.decoder === undefined ? this.left : undefined;
  }

  limitTo(bytes: number): void {
    this.limit = Math.min(this.limit, bytes);
    this.checkLimit();
  }

  /**
   * Takes bytes[start, …). Returns the offset after the last byte that belongs to the body; false in `more` means
   * that nobody can take more for the moment.
   */
  receive(bytes: Uint8Array, start: number): { readonly end: number; readonly more: boolean } {
    const { decoder } = this;
    if (decoder === undefined) {
      const end = Math.min(bytes.length, start + this.left);
      this.left -= end - start;
      this.received += end - start;
      this.complete = this.left === 0;
      const more = this.deliver(bytes.subarray(start, end));
      if (this.complete) this.sink?.bodyEnd();
      return { end, more };
    }
    return this.receiveChunked(decoder, bytes, start);
  }

  private receiveChunked(decoder: ChunkedDecoder, bytes: Uint8Array, start: number): { end: number; more: boolean } {
    const failed = decoder.decode(bytes, start, bytes.length);
    const end = decoder.done ? decoder.consumed : bytes.length;
    this.received += end - start;
    // Trailers are checked, and end here: no application asked for them.
    if (failed !== undefined) this.failure = failureOf(failed);
    else if (decoder.done && passableTrailers(decoder.trailers) === undefined)
      this.failure = messageFailures.badRequest;
    this.checkLimit();
    if (this.failure !== undefined || this.overLimit) {
      this.abandon();
      return { end: bytes.length, more: true };
    }
    let more = true;
    for (let index = 0; index < decoder.ranges.length; index += 2) {
      more = this.deliver(bytes.subarray(decoder.ranges[index], decoder.ranges[index + 1]));
    }
    if (decoder.done) {
      this.complete = true;
      if (this.sink !== undefined) this.hold(0);
      if (!decoder.terminated) more = this.deliver(Buffer.from('0\r\n\r\n', 'latin1'));
      this.sink?.bodyEnd();
    }
    return { end, more };
  }

  private checkLimit(): void {
    if (this.decoder !== undefined && this.decoder.payloadBytes > this.limit) this.overLimit = true;
  }

  private deliver(piece: Uint8Array): boolean {
    if (this.discarding || piece.length === 0) return true;
    if (this.sink !== undefined) {
      const flowing = this.sink.bodyData(piece);
      this.hold(flowing || this.complete ? 0 : piece.length);
      return flowing;
    }
    this.waiting.push(piece);
    this.hold(this.heldBytes + piece.length);
    return this.heldBytes < readAheadBytes;
  }

  private hold(bytes: number): void {
    if (bytes === this.heldBytes) return;
    this.budget?.change(bytes - this.heldBytes);
    this.heldBytes = bytes;
  }

  /** Hands over what waits, and from now on what arrives. False as in `receive`. */
  attach(sink: BodySink): boolean {
    this.sink = sink;
    let more = true;
    for (const piece of this.waiting) more = sink.bodyData(piece);
    this.waiting = [];
    this.hold(more || this.complete ? 0 : this.heldBytes);
    if (this.complete) sink.bodyEnd();
    return more;
  }

  /** Nobody wants the rest: it is read and dropped. */
  discard(): void {
    this.discarding = true;
    this.sink = undefined;
    this.waiting = [];
    this.hold(0);
  }

  /** The body will not become complete. */
  abandon(): void {
    const { sink } = this;
    this.discard();
    if (!this.complete) sink?.bodyFailed();
  }
}

function failureOf(failed: ChunkedFailure): MessageFailure {
  switch (failed) {
    case 'extensions too long':
      return messageFailures.bodyTooLong;
    case 'trailers too long':
      return messageFailures.headTooLong;
    default:
      return messageFailures.badRequest;
  }
}
