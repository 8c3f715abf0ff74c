import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editHeaders } from './header-edit.ts';

/** A request as Node.js hands it over: views of the head are made on first use. */
function requestWith(rawHeaders: string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  (request as unknown as { _addHeaderLines(raw: string[], count: number): void })._addHeaderLines(
    rawHeaders,
    rawHeaders.length,
  );
  request.rawHeaders = rawHeaders;
  return request;
}

const views = ({ headers, headersDistinct, rawHeaders }: IncomingMessage) => ({
  headers: { ...headers },
  headersDistinct: { ...headersDistinct },
  rawHeaders,
});

const edits = [
  { key: 'x-gone', name: 'X-Gone', value: undefined },
  { key: 'x-set', name: 'X-Set', value: 'new' },
];

describe('editHeaders', () => {
  it('changes all three views alike and keeps the order', () => {
    const request = requestWith([
      'A',
      '1',
      'X-GONE',
      'x',
      'x-set',
      'a',
      'B',
      '2',
      'x-set',
      'b',
      'MS-Own',
      't',
      'A',
      '3',
    ]);
    editHeaders(request, edits, 'ms-');
    expect(views(request)).toEqual({
      headers: { a: '1, 3', 'x-set': 'new', b: '2' },
      headersDistinct: { a: ['1', '3'], 'x-set': ['new'], b: ['2'] },
      rawHeaders: ['A', '1', 'x-set', 'new', 'B', '2', 'A', '3'],
    });
  });

  it('appends what was not there', () => {
    const request = requestWith(['A', '1']);
    editHeaders(request, edits, 'ms-');
    expect(request.rawHeaders).toEqual(['A', '1', 'X-Set', 'new']);
    expect(request.headers['x-set']).toBe('new');
  });

  it('survives a field named __proto__', () => {
    const request = requestWith(['__proto__', '1', 'A', '2', '__proto__', '3']);
    editHeaders(request, edits, 'ms-');
    expect(Object.entries(request.headersDistinct)).toEqual([
      ['__proto__', ['1', '3']],
      ['a', ['2']],
      ['x-set', ['new']],
    ]);
    expect(({} as Record<string, unknown>)['3']).toBeUndefined();
  });

  it('lets the application set a view', () => {
    const request = requestWith(['A', '1']);
    editHeaders(request, edits, 'ms-');
    const own = {};
    request.headersDistinct = own;
    expect(request.headersDistinct).toBe(own);
  });

  it('leaves the views that Node.js would make of the edited head', () => {
    const name = fc.constantFrom('A', 'Accept', 'x-gone', 'X-Set', 'ms-one', 'MS-TWO', 'Host', 'Set-Cookie');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.stringMatching(/^[a-z]{0,3}$/)), { maxLength: 12 }), (fields) => {
        const request = requestWith(fields.flat());
        editHeaders(request, edits, 'ms-');
        expect(views(request)).toEqual(views(requestWith([...request.rawHeaders])));
      }),
    );
  });
});
