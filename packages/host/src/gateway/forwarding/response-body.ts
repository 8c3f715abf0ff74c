import { ChunkedDecoder } from '../http1/chunked-decoder.ts';
import type { Http1ResponseHead } from '../http1/response-head.ts';
import { passableTrailers } from '../http1/trailers.ts';
import type { ForwardedRequest, UpstreamResponse } from '../pipeline/forwardable.ts';

/** Follows the body of one response through the pieces in which it arrives; copies nothing. */
export class ResponseBody {
  readonly kind: UpstreamResponse['body'];
  complete: boolean;
  /** Bytes came that belong to no response: the connection cannot be trusted. */
  surplus = false;
  /** When complete: trailer lines that may pass, each ending in CRLF. */
  trailers = '';

  private left: number;
  private readonly decoder: ChunkedDecoder | undefined;
  private readonly acceptsTrailers: boolean;
  private readonly takesChunks: boolean;
  /** Pairs of start and end: what the last piece holds for the client. */
  private ranges: number[] = [0, 0];
  /** What ends a chunked body, when it is not part of the ranges. */
  private ending = '';

  constructor(head: Http1ResponseHead, method: string, request: ForwardedRequest) {
    this.left = 0;
    this.acceptsTrailers = request.acceptsTrailers;
    this.takesChunks = request.takesChunks;
    if (method === 'HEAD' || head.status === 204 || head.status === 304) {
      this.kind = 'none';
    } else if (head.chunked) {
      this.kind = 'chunked';
      this.decoder = new ChunkedDecoder(request.takesChunks ? 'framed' : 'payload');
    } else if (head.contentLength >= 0) {
      this.kind = 'length';
      this.left = head.contentLength;
    } else {
      this.kind = 'until-close';
    }
    this.complete = this.kind === 'none' || (this.kind === 'length' && this.left === 0);
  }

  /** Takes bytes[start, end). Returns what is wrong with them, for the operator. */
  receive(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (this.decoder !== undefined) return this.receiveChunks(this.decoder, bytes, start, end);
    const taken = this.kind === 'length' ? Math.min(this.left, end - start) : this.kind === 'none' ? 0 : end - start;
    this.ranges[0] = start;
    this.ranges[1] = start + taken;
    if (this.kind === 'until-close') return undefined;
    this.left -= taken;
    this.complete = this.left === 0;
    this.surplus = start + taken < end;
    return undefined;
  }

  private receiveChunks(decoder: ChunkedDecoder, bytes: Uint8Array, start: number, end: number): string | undefined {
    const failure = decoder.decode(bytes, start, end);
    this.ranges = decoder.ranges;
    if (failure !== undefined) return `chunked body: ${failure}`;
    if (!decoder.done) return undefined;
    this.complete = true;
    this.surplus = decoder.consumed < end;
    const trailers = passableTrailers(decoder.trailers);
    if (trailers === undefined) return 'Content-Length among the trailers';
    this.trailers = trailers;
    if (this.takesChunks && !decoder.terminated) {
      this.ending = `0\r\n${this.acceptsTrailers ? trailers : ''}\r\n`;
    }
    return undefined;
  }

  /** What the last piece holds for the client, cut from `text`, the latin1 of its bytes. */
  cut(text: string): string {
    const { ranges } = this;
    if (ranges.length === 2) return text.slice(ranges[0], ranges[1]) + this.ending;
    let piece = '';
    for (let index = 0; index < ranges.length; index += 2) piece += text.slice(ranges[index], ranges[index + 1]);
    return piece + this.ending;
  }

  /** The same as bytes; a slice of `bytes` when it can be. */
  slice(bytes: Buffer): Buffer {
    const { ranges } = this;
    if (ranges.length === 2 && this.ending === '') return bytes.subarray(ranges[0], ranges[1]);
    const pieces: Buffer[] = [];
    for (let index = 0; index < ranges.length; index += 2) {
      pieces.push(bytes.subarray(ranges[index], ranges[index + 1]));
    }
    return Buffer.concat([...pieces, Buffer.from(this.ending, 'latin1')]);
  }
}
