import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedDecoder, type ChunkedOutput } from './chunked-decoder.ts';

interface Decoded {
  readonly output: string;
  readonly failure: string | undefined;
  readonly done: boolean;
  readonly rest: string;
  readonly trailers: string;
}

/** Decodes `text` in pieces that end at the offsets in `cuts`. */
function decode(text: string, output: ChunkedOutput, cuts: readonly number[] = []): Decoded {
  const decoder = new ChunkedDecoder(output);
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  let kept = '';
  let start = 0;
  let failure: string | undefined;
  for (const end of ends) {
    failure = decoder.decode(bytes, start, end);
    if (failure !== undefined) break;
    for (let index = 0; index < decoder.ranges.length; index += 2) {
      kept += bytes.toString('latin1', decoder.ranges[index], decoder.ranges[index + 1]);
    }
    if (decoder.done) {
      if (output === 'framed' && !decoder.terminated) kept += '0\r\n\r\n';
      break;
    }
    start = end;
  }
  const rest = decoder.done ? bytes.toString('latin1', decoder.consumed) : '';
  return { output: kept, failure, done: decoder.done, rest, trailers: decoder.trailers };
}

describe('refused bodies', () => {
  it.each([
    ['H-71 0x5', '0x5\r\nabcde\r\n0\r\n\r\n'],
    ['H-71 +5', '+5\r\nabcde\r\n0\r\n\r\n'],
    ['H-71 empty size', '\r\nabcde\r\n0\r\n\r\n'],
    ['H-71 space before', ' 5\r\nabcde\r\n0\r\n\r\n'],
    ['H-71 space after', '5 \r\nabcde\r\n0\r\n\r\n'],
    ['H-71 not a digit', '5g\r\nabcde\r\n0\r\n\r\n'],
    ['H-71 17 digits', '10000000000000005\r\nabcde'],
    ['above 2^53', '20000000000001\r\nabcde'],
    ['H-73 LF after the size', '5\nabcde\r\n0\r\n\r\n'],
    ['H-73 LF after the data', '5\r\nabcde\n0\r\n\r\n'],
    ['H-73 LF in an extension', '5;a\nb\r\nabcde\r\n0\r\n\r\n'],
    ['H-73 LF at the end', '5\r\nabcde\r\n0\r\n\n'],
    ['LF after the last size', '5\r\nabcde\r\n0\n\r\n'],
    ['H-74 more data than size', '5\r\nabcdefgh\r\n0\r\n\r\n'],
    ['H-74 no CRLF after the data', '5\r\nabcde0\r\n\r\n'],
    ['H-75 CRLF in quotes', '5;a="\r\n"\r\nabcde\r\n0\r\n\r\n'],
    ['NUL in an extension', '5;\0\r\nabcde\r\n0\r\n\r\n'],
    ['folded trailer', '0\r\nA: 1\r\n 2\r\n\r\n'],
    ['trailer without a name', '0\r\n: 1\r\n\r\n'],
    ['trailer without a colon', '0\r\nA\r\n\r\n'],
    ['control character in a trailer', '0\r\nA: \x01\r\n\r\n'],
    ['LF in a trailer', '0\r\nA: 1\n\r\n'],
  ])('%s', (_, text) => {
    expect(decode(text, 'framed').failure).toBe('syntax');
  });

  it('H-75 bounds extensions and trailers', () => {
    expect(decode(`5;${'e'.repeat(20_000)}\r\n`, 'framed').failure).toBe('extensions too long');
    expect(decode(`${'0'.repeat(20_000)}5\r\n`, 'framed').failure).toBe('extensions too long');
    expect(decode(`1;${'e'.repeat(100)}\r\na\r\n`.repeat(9_000), 'framed').failure).toBe('extensions too long');
    expect(decode(`0\r\nA: ${'t'.repeat(20_000)}\r\n\r\n`, 'framed').failure).toBe('trailers too long');
  });
});

describe('accepted bodies', () => {
  it.each([
    ['plain', '5\r\nabcde\r\n0\r\n\r\n', '5\r\nabcde\r\n0\r\n\r\n', 'abcde'],
    ['several', '1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n', '1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n', 'a0123456789'],
    ['empty', '0\r\n\r\n', '0\r\n\r\n', ''],
    ['H-72 leading zeros', '0000005\r\nabcde\r\n0\r\n\r\n', '5\r\nabcde\r\n0\r\n\r\n', 'abcde'],
    ['H-72 40 zeros', `${'0'.repeat(40)}5\r\nabcde\r\n000\r\n\r\n`, '5\r\nabcde\r\n0\r\n\r\n', 'abcde'],
    ['H-75 extensions', '5;a=b;c="d\\"e"\r\nabcde\r\n0;x\r\n\r\n', '5\r\nabcde\r\n0\r\n\r\n', 'abcde'],
    ['H-76 trailers', '5\r\nabcde\r\n0\r\nX-T: 1\r\nY:2\r\n\r\n', '5\r\nabcde\r\n0\r\n\r\n', 'abcde'],
    ['data like framing', '7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n', '7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n', '0\r\n\r\n\r\n'],
  ])('%s', (_, text, framed, payload) => {
    expect(decode(`${text}GET /next`, 'framed')).toMatchObject({ output: framed, done: true, rest: 'GET /next' });
    expect(decode(`${text}GET /next`, 'payload')).toMatchObject({ output: payload, done: true, rest: 'GET /next' });
  });

  it('keeps trailer lines aside', () => {
    expect(decode('0\r\nX-T: 1\r\nY:2\r\n\r\n', 'framed').trailers).toBe('X-T: 1\r\nY:2\r\n');
  });

  it('is not done before the last CRLF', () => {
    expect(decode('5\r\nabcde\r\n0\r\n\r', 'framed')).toMatchObject({ done: false, failure: undefined });
  });
});

it('takes padded sizes and extensions on every chunk of a long body', () => {
  const chunk = `0000064;chunk-signature=${'5'.repeat(64)}\r\n${'d'.repeat(100)}\r\n`;
  expect(decode(`${chunk.repeat(1_000)}0\r\n\r\n`, 'payload')).toMatchObject({
    done: true,
    output: 'd'.repeat(100_000),
  });
});

describe('any body', () => {
  const chunk = fc.tuple(
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }),
    fc.nat(3),
    fc.constantFrom('', ';a', ';a="b;c"', ';"\\""'),
  );
  const body = fc.tuple(fc.array(chunk, { maxLength: 6 }), fc.constantFrom('', 'X: 1\r\n'), fc.boolean());
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });

  it('comes out the same, however it is cut', () => {
    fc.assert(
      fc.property(body, cuts, ([chunks, trailers, next], at) => {
        const text = chunks
          .map(
            ([data, zeros, extension]) => `${'0'.repeat(zeros)}${data.length.toString(16)}${extension}\r\n${data}\r\n`,
          )
          .join('');
        const whole = `${text}0\r\n${trailers}\r\n${next ? 'GET /' : ''}`;
        const payload = chunks.map(([data]) => data).join('');
        const framed = chunks.map(([data]) => `${data.length.toString(16)}\r\n${data}\r\n`).join('');
        expect(decode(whole, 'payload', at)).toMatchObject({ output: payload, done: true });
        expect(decode(whole, 'framed', at)).toMatchObject({ output: `${framed}0\r\n\r\n`, done: true, trailers });
      }),
    );
  });

  it('fails the same, however it is cut', () => {
    const part = fc.constantFrom('0', '5', 'a', '\r\n', '\r', '\n', ';', '"', 'abcde', ':', ' ');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), cuts, (parts, at) => {
        const text = parts.join('');
        const whole = decode(text, 'framed');
        const cut = decode(text, 'framed', at);
        expect(cut.failure).toBe(whole.failure);
        expect(cut.done).toBe(whole.done);
        if (whole.done) expect(cut.output).toBe(whole.output);
      }),
    );
  });
});
