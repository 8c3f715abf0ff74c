import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { watchEnd } from './end-of-stream.ts';

function fakeStream(): { readonly stream: Duplex; close(): void } {
  let closed = false;
  const stream = new Duplex({ read: () => {} });
  Object.defineProperty(stream, 'closed', { get: () => closed });
  return { stream, close: () => void (closed = true) };
}

describe('watchEnd', () => {
  it('tells the end of the source, once what it gave has passed', () => {
    const { stream } = fakeStream();
    let ended = 0;
    watchEnd(stream, () => ended++);
    stream.push(Buffer.from('abc'));
    expect(ended).toBe(0);
    stream.push(null);
    expect(ended).toBe(1);
    expect(stream.read()).toEqual(Buffer.from('abc'));
  });

  it('says nothing when the stream was closed before', () => {
    const { stream, close } = fakeStream();
    let ended = 0;
    watchEnd(stream, () => ended++);
    close();
    stream.push(null);
    expect(ended).toBe(0);
  });
});
