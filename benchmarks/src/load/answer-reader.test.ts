import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const body = Buffer.from('0123456789abcdef');
const expected = { status: 200, body };

/** What the reader says at last when it is fed these pieces. */
function readAll(pieces: readonly string[], reader = new AnswerReader(expected)): string {
  let outcome = 'more';
  for (const piece of pieces) {
    const data = Buffer.from(piece, 'latin1');
    outcome = reader.read(data, data.length);
    if (outcome !== 'more') return outcome;
  }
  return outcome;
}

const sized = 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\nDate: now\r\n\r\n0123456789abcdef';
const chunked =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n01234\r\nb;x=1\r\n56789abcdef\r\n0\r\nA: b\r\n\r\n';

describe('AnswerReader', () => {
  it.each([
    ['a body with a length', sized, 'right'],
    ['a chunked body with an extension and a trailer', chunked, 'right'],
    ['an interim answer first', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${sized}`, 'right'],
    ['another status', 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n', 'status 503'],
    ['a wrong byte', sized.replace('9ab', '9xb'), 'wrong body'],
    ['a body too short', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n012', 'wrong body'],
    ['a body too long', 'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n0123456789abcdef0', 'wrong body'],
    ['bytes after the answer', `${sized}0`, 'bytes after the answer'],
    ['bytes after a chunked answer', `${chunked}0`, 'bytes after the answer'],
    ['a bad chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'unreadable answer'],
    ['something else', 'SSH-2.0-x\r\n\r\n', 'unreadable answer'],
    ['a part of an answer', sized.slice(0, -1), 'more'],
  ])('judges %s', (_title, text, outcome) => {
    expect(readAll([text])).toBe(outcome);
  });

  it('says whether the server will close', () => {
    const reader = new AnswerReader(expected);
    readAll([sized], reader);
    expect(reader.willClose).toBe(false);
    readAll([sized.replace('Date: now', 'Connection: close')], reader);
    expect(reader.willClose).toBe(true);
  });

  it.each([
    ['before an answer', '', 'closed without an answer'],
    ['inside a head', 'HTTP/1.1 200', 'truncated answer'],
    ['inside a body', sized.slice(0, -1), 'truncated answer'],
    ['inside a chunked body', chunked.slice(0, -2), 'truncated answer'],
    ['after a body that ends with the connection', `HTTP/1.1 200 OK\r\n\r\n${body.toString()}`, 'right'],
    ['too early in such a body', 'HTTP/1.1 200 OK\r\n\r\n0123', 'wrong body'],
  ])('judges a connection that ends %s', (_title, text, outcome) => {
    const reader = new AnswerReader(expected);
    readAll([text], reader);
    expect(reader.readEnd()).toBe(outcome);
  });

  it('does not care how answers are cut into pieces', () => {
    fc.assert(
      fc.property(fc.constantFrom(sized, chunked), fc.array(fc.nat(200)), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
        expect(readAll(pieces)).toBe('right');
      }),
    );
  });
});
