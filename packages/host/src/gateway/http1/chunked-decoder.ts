import { hexDigits, nameBytes, valueBytes } from './characters.ts';

/**
 * What a decoder leaves of a chunked body: `framed` keeps sizes and data, so that the bytes can go to an
 * HTTP/1.1 hop as they are, without extensions, leading zeros and trailers; `payload` keeps the data alone.
 */
export type ChunkedOutput = 'framed' | 'payload';

/** `syntax` breaks the grammar (RFC 9112 §7.1, CR LF only); the others are limits. */
export type ChunkedFailure = 'syntax' | 'extensions too long' | 'trailers too long';

/**
 * Extensions and leading zeros, bytes, by which a body may be larger than a plain one. What a chunk may bring along
 * is forgiven: whoever pads each size or signs each chunk does not add up, whoever sends little else does.
 */
const maxExtensionBytes = 16_384;
const forgivenPerChunk = 16;
const forgivenPerByte = 2;
const maxTrailerBytes = 16_384;

const enterSize = 0;
const inZeros = 1;
const inSize = 2;
const inExtension = 3;
const inQuoted = 4;
const inQuotedPair = 5;
const sizeLineFeed = 6;
const inData = 7;
const dataReturn = 8;
const dataLineFeed = 9;
const enterTrailer = 10;
const inTrailerName = 11;
const inTrailerValue = 12;
const trailerLineFeed = 13;
const finalLineFeed = 14;

/**
 * Incremental decoder of one chunked body. It copies nothing: `decode` leaves in `ranges` which bytes of the
 * piece to keep, as pairs of start and end.
 *
 *   size [; extension] CR LF  →  data CR LF  →  … →  0 [; extension] CR LF  →  {trailer CR LF}  →  CR LF
 */
export class ChunkedDecoder {
  /** Pairs of start and end, of the last piece; valid until the next call. */
  readonly ranges: number[] = [];
  done = false;
  /** When done: offset after the last byte of the body in the last piece. */
  consumed = 0;
  /** When done in `framed` output: the ranges end with the last chunk; otherwise the caller has to write it. */
  terminated = false;
  /** When done: trailer lines as sent, each ending in CRLF, not filtered. */
  trailers = '';
  /** Bytes of data so far. */
  payloadBytes = 0;

  private readonly framed: boolean;
  private state = enterSize;
  private size = 0;
  private left = 0;
  private extensionBytes = 0;
  private keptFrom = -1;
  private lastChunkAt = -1;

  constructor(output: ChunkedOutput) {
    this.framed = output === 'framed';
  }

  /** Decodes bytes[start, end). Nothing may follow a failure, or the end of the body. */
  decode(bytes: Uint8Array, start: number, end: number): ChunkedFailure | undefined {
    this.ranges.length = 0;
    this.lastChunkAt = -1;
    this.keptFrom = this.keeps() ? start : -1;
    let position = start;
    while (position < end) {
      if (this.state === inData) {
        const taken = Math.min(this.left, end - position);
        position += taken;
        this.left -= taken;
        this.payloadBytes += taken;
        if (this.left > 0) break;
        this.state = dataReturn;
        if (!this.framed) this.cut(position);
        continue;
      }
      const failure = this.step(bytes[position] as number, position);
      if (failure !== undefined) return failure;
      position++;
      if (this.done) {
        this.finish(position);
        return undefined;
      }
    }
    this.cut(end);
    return undefined;
  }

  /** Whether the byte that comes next is one to keep. */
  private keeps(): boolean {
    switch (this.state) {
      case inData:
        return true;
      case enterSize:
      case inSize:
      case dataReturn:
      case dataLineFeed:
        return this.framed;
      case sizeLineFeed:
        return this.framed && this.size > 0;
      default:
        return false;
    }
  }

  private cut(position: number): void {
    if (this.keptFrom !== -1 && position > this.keptFrom) this.ranges.push(this.keptFrom, position);
    this.keptFrom = -1;
  }

  private keep(position: number): void {
    this.keptFrom = position;
  }

  private step(byte: number, position: number): ChunkedFailure | undefined {
    switch (this.state) {
      case enterSize:
        this.size = 0;
        if (byte === 0x30) {
          this.cut(position);
          this.lastChunkAt = position;
          this.state = inZeros;
          return undefined;
        }
        return this.firstDigit(byte, position);
      case inZeros:
        if (byte === 0x30) return this.countExtension();
        if (byte === 0x0d || byte === 0x3b) return this.endOfSize(byte, position);
        if (this.framed) this.keep(position);
        return this.firstDigit(byte, position);
      case inSize:
        return byte === 0x0d || byte === 0x3b ? this.endOfSize(byte, position) : this.digit(byte);
      case inExtension:
        if (byte === 0x0d) return this.endOfExtension(position);
        if (byte === 0x22) this.state = inQuoted;
        return valueBytes[byte] ? this.countExtension() : 'syntax';
      case inQuoted:
        if (byte === 0x22) this.state = inExtension;
        else if (byte === 0x5c) this.state = inQuotedPair;
        return valueBytes[byte] ? this.countExtension() : 'syntax';
      case inQuotedPair:
        this.state = inQuoted;
        return valueBytes[byte] ? this.countExtension() : 'syntax';
      case sizeLineFeed:
        if (byte !== 0x0a) return 'syntax';
        this.left = this.size;
        this.extensionBytes = Math.max(0, this.extensionBytes - forgivenPerChunk - forgivenPerByte * this.size);
        this.state = this.size === 0 ? enterTrailer : inData;
        if (this.size > 0 && !this.framed) this.keep(position + 1);
        return undefined;
      case dataReturn:
        this.state = dataLineFeed;
        return byte === 0x0d ? undefined : 'syntax';
      case dataLineFeed:
        this.state = enterSize;
        return byte === 0x0a ? undefined : 'syntax';
      default:
        return this.trailerStep(byte);
    }
  }

  private firstDigit(byte: number, position: number): ChunkedFailure | undefined {
    this.state = inSize;
    if (this.framed && this.keptFrom === -1) this.keep(position);
    return this.digit(byte);
  }

  private digit(byte: number): ChunkedFailure | undefined {
    const digit = hexDigits[byte] as number;
    if (digit === 0) return 'syntax';
    this.size = this.size * 16 + digit - 1;
    return this.size <= Number.MAX_SAFE_INTEGER ? undefined : 'syntax';
  }

  private endOfSize(byte: number, position: number): ChunkedFailure | undefined {
    if (byte === 0x0d) {
      this.state = sizeLineFeed;
      return undefined;
    }
    this.cut(position);
    this.state = inExtension;
    return this.countExtension();
  }

  private endOfExtension(position: number): ChunkedFailure | undefined {
    this.state = sizeLineFeed;
    if (this.framed && this.size > 0) this.keep(position);
    return undefined;
  }

  private countExtension(): ChunkedFailure | undefined {
    return ++this.extensionBytes > maxExtensionBytes ? 'extensions too long' : undefined;
  }

  private trailerStep(byte: number): ChunkedFailure | undefined {
    switch (this.state) {
      case enterTrailer:
        if (byte === 0x0d) {
          this.state = finalLineFeed;
          return undefined;
        }
        this.state = inTrailerName;
        return nameBytes[byte] ? this.addTrailer(byte) : 'syntax';
      case inTrailerName:
        if (byte === 0x3a) this.state = inTrailerValue;
        else if (!nameBytes[byte]) return 'syntax';
        return this.addTrailer(byte);
      case inTrailerValue:
        if (byte === 0x0d) this.state = trailerLineFeed;
        else if (!valueBytes[byte]) return 'syntax';
        return this.addTrailer(byte);
      case trailerLineFeed:
        this.state = enterTrailer;
        return byte === 0x0a ? this.addTrailer(byte) : 'syntax';
      default:
        this.done = true;
        return byte === 0x0a ? undefined : 'syntax';
    }
  }

  private addTrailer(byte: number): ChunkedFailure | undefined {
    this.trailers += String.fromCharCode(byte);
    return this.trailers.length > maxTrailerBytes ? 'trailers too long' : undefined;
  }

  /** Takes the last chunk along when it is the plain `0 CRLF CRLF` of this piece. */
  private finish(position: number): void {
    this.consumed = position;
    if (!this.framed || this.lastChunkAt === -1 || position - this.lastChunkAt !== 5) return;
    this.terminated = true;
    const { ranges } = this;
    if (ranges.length > 0 && ranges[ranges.length - 1] === this.lastChunkAt) ranges[ranges.length - 1] = position;
    else ranges.push(this.lastChunkAt, position);
  }
}
