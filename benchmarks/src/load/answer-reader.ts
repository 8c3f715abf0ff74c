import type { ExpectedAnswer } from './job.ts';

interface Framing {
  readonly status: number;
  readonly length: number | 'chunked' | 'until-close';
  readonly close: boolean;
}

/**
 * Reads one HTTP/1.1 answer at a time from the chunks of a connection and compares it with what is expected,
 * byte by byte. Just enough of HTTP for answers of servers that mean well: everything else is a failure.
 */
export class AnswerReader {
  readonly #expected: ExpectedAnswer;
  #pending: Buffer | undefined;
  #framing: Framing | undefined;
  #bodyBytes = 0;
  #bodyIsRight = true;
  /** Chunked: bytes left of the current chunk; -1 while a size line is due, -2 while its closing CRLF is. */
  #chunkLeft = -1;
  #lastHead = '';
  #lastFraming: Framing | undefined;
  /** Whether the server will close the connection after the last answer. */
  willClose = false;

  constructor(expected: ExpectedAnswer) {
    this.#expected = expected;
  }

  /** Takes `bytes` of `data`. Returns `more`, `right`, or why the answer is wrong. */
  read(data: Buffer, bytes: number): string {
    let chunk = data;
    let end = bytes;
    let start = 0;
    if (this.#pending !== undefined) {
      chunk = Buffer.concat([this.#pending, data.subarray(0, bytes)]);
      end = chunk.length;
      this.#pending = undefined;
    }
    while (this.#framing === undefined) {
      const headEnd = chunk.indexOf('\r\n\r\n', start);
      if (headEnd === -1 || headEnd + 4 > end) return this.#keep(chunk, start, end);
      const framing = this.#parseHead(chunk.toString('latin1', start, headEnd));
      if (framing === undefined) return 'unreadable answer';
      start = headEnd + 4;
      if (framing.status >= 200) this.#framing = framing; // else an interim answer
    }
    return this.#framing.length === 'chunked'
      ? this.#readChunked(chunk, start, end)
      : this.#readBody(chunk, start, end);
  }

  /** The server closed the connection. Returns `right` or why the answer is wrong. */
  readEnd(): string {
    if (this.#framing?.length === 'until-close') return this.#finish();
    return this.#framing !== undefined || this.#pending !== undefined ? 'truncated answer' : 'closed without an answer';
  }

  #readBody(chunk: Buffer, start: number, end: number): string {
    this.#take(chunk, start, end);
    const length = this.#framing?.length as number | 'until-close';
    if (length === 'until-close' || this.#bodyBytes < length) return 'more';
    if (this.#bodyBytes > length) return 'bytes after the answer';
    return this.#finish();
  }

  #readChunked(chunk: Buffer, from: number, end: number): string {
    let start = from;
    while (start < end) {
      if (this.#chunkLeft > 0) {
        const until = Math.min(end, start + this.#chunkLeft);
        this.#take(chunk, start, until);
        this.#chunkLeft -= until - start;
        start = until;
        if (this.#chunkLeft === 0) this.#chunkLeft = -2;
        continue;
      }
      const lineEnd = chunk.indexOf('\r\n', start);
      if (lineEnd === -1 || lineEnd + 2 > end) return this.#keep(chunk, start, end);
      const line = chunk.toString('latin1', start, lineEnd);
      if (this.#chunkLeft === -2) {
        if (line !== '') return 'unreadable answer';
        this.#chunkLeft = -1;
      } else if (this.#chunkLeft === 0) {
        // The trailer section ends with an empty line, and with it the answer.
        if (line === '') return lineEnd + 2 === end ? this.#finish() : 'bytes after the answer';
      } else {
        const size = /^([0-9a-f]{1,8})(?:;|$)/i.exec(line)?.[1];
        if (size === undefined) return 'unreadable answer';
        this.#chunkLeft = Number.parseInt(size, 16);
      }
      start = lineEnd + 2;
    }
    return 'more';
  }

  #take(chunk: Buffer, start: number, end: number): void {
    const { body } = this.#expected;
    const { length } = body;
    const until = this.#bodyBytes + end - start;
    if (until > length || chunk.compare(body, this.#bodyBytes, until, start, end) !== 0) this.#bodyIsRight = false;
    this.#bodyBytes = until;
  }

  #finish(): string {
    const { status, close } = this.#framing as Framing;
    const right = this.#bodyIsRight && this.#bodyBytes === this.#expected.body.length;
    this.#framing = undefined;
    this.#bodyBytes = 0;
    this.#bodyIsRight = true;
    this.#chunkLeft = -1;
    this.willClose = close;
    if (status !== this.#expected.status) return `status ${status}`;
    return right ? 'right' : 'wrong body';
  }

  #keep(chunk: Buffer, start: number, end: number): string {
    if (end - start > 65_536) return 'unreadable answer';
    // A copy: the connection's buffer is used again for the next chunk.
    if (end > start) this.#pending = Buffer.from(chunk.subarray(start, end));
    return 'more';
  }

  #parseHead(head: string): Framing | undefined {
    // Heads of one server differ in their Date only: most are the same as the one before.
    if (head === this.#lastHead) return this.#lastFraming;
    const status = /^HTTP\/1\.[01] ([1-5]\d\d)/.exec(head)?.[1];
    if (status === undefined) return undefined;
    const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
    const chunked = /\r\ntransfer-encoding:[ \t]*chunked/i.test(head);
    this.#lastHead = head;
    this.#lastFraming = {
      status: Number(status),
      length: chunked ? 'chunked' : length === undefined ? 'until-close' : Number(length),
      close: /\r\nconnection:[ \t]*close/i.test(head) || (!chunked && length === undefined),
    };
    return this.#lastFraming;
  }
}
