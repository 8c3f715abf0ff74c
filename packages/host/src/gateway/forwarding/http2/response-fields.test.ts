import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResponseFields, readTrailers } from './response-fields.ts';

describe('readResponseFields', () => {
  it.each([
    ['nothing but a status', 200, [], 'HTTP/1.1 200 OK\r\n'],
    ['no pseudo-field', 200, [':status', '200', 'a', '1'], 'HTTP/1.1 200 OK\r\na: 1\r\n'],
    ['an unknown status', 999, [], 'HTTP/1.1 999 \r\n'],
    ['fields of one name', 200, ['a', '1', 'a', '2'], 'HTTP/1.1 200 OK\r\na: 1\r\na: 2\r\n'],
    ['bytes above ASCII', 200, ['a', '\xe4\xff'], 'HTTP/1.1 200 OK\r\na: \xe4\xff\r\n'],
    ['a length, once and canonical', 200, ['content-length', '05'], 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n'],
    ['no field of another hop', 200, ['alt-svc', 'h3', 'http2-settings', 'x', 'b', '1'], 'HTTP/1.1 200 OK\r\nb: 1\r\n'],
  ])('writes %s', (_, status, fields, head) => {
    expect(readResponseFields(status, fields)).toMatchObject({ status, head, end: head.length, chunked: false });
  });

  it('knows the length', () => {
    expect(readResponseFields(200, ['content-length', '7'])).toMatchObject({ contentLength: 7 });
    expect(readResponseFields(200, [])).toMatchObject({ hasDate: false, contentLength: -1 });
  });

  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  it.each([
    ['one', ['date', date, 'a', '1'], `a: 1\r\ndate: ${date}\r\n`],
    ['a malformed one', ['date', 'x', 'a', '1'], 'a: 1\r\n'],
    ['two', ['date', date, 'a', '1', 'date', date], 'a: 1\r\n'],
    ['three', ['date', date, 'date', 'x', 'date', date], ''],
  ])('M-133 keeps a date that is alone and well-formed: %s', (_, fields, lines) => {
    const head = `HTTP/1.1 200 OK\r\n${lines}`;
    expect(readResponseFields(200, fields)).toMatchObject({ head, hasDate: lines.includes('date') });
  });

  it.each([
    ['status 99', 99, [], 'status is not a number from 100 to 999'],
    ['status 1000', 1_000, [], 'status is not a number from 100 to 999'],
    ['no status', Number.NaN, [], 'status is not a number from 100 to 999'],
    ['CR LF in a value', 200, ['a', '1\r\nb: 2'], 'control character in a field'],
    ['LF in a value', 200, ['a', '1\nb'], 'control character in a field'],
    ['NUL in a value', 200, ['a', '\0'], 'control character in a field'],
    ['a character above latin1', 200, ['a', '\u010a'], 'control character in a field'],
    ['LF in a name', 200, ['a\n', '1'], 'control character in a field'],
    ['a colon in a name', 200, ['a:b', '1'], 'control character in a field'],
    ['an empty name', 200, ['', '1'], 'control character in a field'],
    ['two lengths', 200, ['content-length', '1', 'content-length', '1'], 'more than one Content-Length'],
    ['a signed length', 200, ['content-length', '+1'], 'Content-Length is not a number'],
    ['two lengths in one', 200, ['content-length', '1, 1'], 'Content-Length is not a number'],
    ['a length over 2^53', 200, ['content-length', '9007199254740993'], 'Content-Length is not a number'],
    ['chunks', 200, ['transfer-encoding', 'chunked'], 'transfer-encoding in HTTP/2'],
    ['connection', 200, ['connection', 'close'], 'connection in HTTP/2'],
  ])('refuses %s', (_, status, fields, reason) => {
    expect(readResponseFields(status, fields)).toEqual({ reason });
  });

  it('writes no line that it was not given', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', ':', ' ', '\t', '\r', '\n', '\0', '\x7f', '\xff', '\u010d'),
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
        const fields = texts.slice(0, texts.length - (texts.length % 2));
        const head = readResponseFields(200, fields);
        if ('reason' in head) return;
        const lines = head.head.split('\r\n').slice(1, -1);
        const given = fields.filter((_, index) => index % 2 === 0 && !fields[index]?.startsWith(':'));
        expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual(given);
        expect(head.head).not.toMatch(/[^\r]\n|\r[^\n]|\0/);
      }),
    );
  });
});

describe('readTrailers', () => {
  it.each([
    ['what may pass', ['x-a', '1', 'grpc-status', '0'], 'x-a: 1\r\ngrpc-status: 0\r\n'],
    ['nothing that decides about the message', ['host', 'evil', 'set-cookie', 'a', 'x-a', '1'], 'x-a: 1\r\n'],
    ['none', [], ''],
  ])('gives %s', (_, fields, lines) => {
    expect(readTrailers(fields)).toBe(lines);
  });

  it.each([
    ['a length', ['content-length', '1']],
    ['CR LF', ['a', '1\r\nb: 2']],
    ['a pseudo-field', [':status', '200']],
    ['chunks', ['transfer-encoding', 'chunked']],
    ['more than 16 KiB', ['a', 'a'.repeat(16_384)]],
  ])('refuses %s', (_, fields) => {
    expect(readTrailers(fields)).toBeUndefined();
  });
});
