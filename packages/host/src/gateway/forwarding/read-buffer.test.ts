import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadBuffer } from './read-buffer.ts';
import { ReadBuffers } from './read-buffers.ts';

const shared = Buffer.alloc(100);

describe('ReadBuffer', () => {
  it('copies out of the shared buffer alone', () => {
    const buffer = new ReadBuffer(new ReadBuffers(shared));
    expect(buffer.next).toBe(shared);
    expect(buffer.lasting(shared.subarray(0, 10)).buffer).not.toBe(shared.buffer);
    buffer.handedOn(true, false, { flushed: true });
    const piece = buffer.next.subarray(0, 10);
    expect(buffer.lasting(piece)).toBe(piece);
  });

  it('stays with the shared one for small answers', () => {
    const buffer = new ReadBuffer(new ReadBuffers(shared));
    expect(buffer.handedOn(false, false, { flushed: false })).toBe(true);
    expect(buffer.handedOn(false, true, { flushed: false })).toBe(true);
    expect(buffer.next).toBe(shared);
  });

  it('keeps its own after a large answer, until a small one has come', () => {
    const buffer = new ReadBuffer(new ReadBuffers(shared));
    buffer.handedOn(true, false, { flushed: true });
    const own = buffer.next;
    buffer.handedOn(false, true, { flushed: true });
    expect(buffer.next).toBe(own);
    buffer.handedOn(false, true, { flushed: true });
    expect(buffer.next).toBe(shared);
  });

  it('reads nothing while the holder has bytes of it; when the answer has ended, reads into another', () => {
    const buffer = new ReadBuffer(new ReadBuffers(shared));
    buffer.handedOn(true, false, { flushed: true });
    const own = buffer.next;
    expect(buffer.handedOn(true, false, { flushed: false })).toBe(false);
    expect(buffer.handedOn(true, true, { flushed: false })).toBe(true);
    expect(buffer.next).not.toBe(own);
    expect(buffer.next).not.toBe(shared);
  });

  it('leaves its buffer to the holder when its connection closes', () => {
    const buffers = new ReadBuffers(shared);
    const buffer = new ReadBuffer(buffers);
    buffer.handedOn(true, false, { flushed: true });
    const own = buffer.next;
    const holder = { flushed: false };
    expect(buffer.handedOn(true, false, holder)).toBe(false);
    buffer.close();
    const [second, third] = [new ReadBuffer(buffers), new ReadBuffer(buffers)];
    second.handedOn(true, false, { flushed: true });
    expect(second.next).not.toBe(own);
    holder.flushed = true;
    third.handedOn(true, false, { flushed: true });
    expect(third.next).toBe(own);
  });

  it('copies when there are no more buffers', () => {
    const buffers = new ReadBuffers(shared);
    const many = Array.from({ length: 200 }, () => new ReadBuffer(buffers));
    for (const buffer of many) buffer.handedOn(true, true, { flushed: true });
    const own = many.filter(({ next }) => next !== shared);
    expect(own).toHaveLength(128);
    own[0]?.close();
    many.at(-1)?.handedOn(true, true, { flushed: true });
    expect(many.at(-1)?.next).not.toBe(shared);
  });

  it('never has two connections read into one buffer, nor into one that is held', () => {
    const step = fc.record({
      connection: fc.nat(5),
      large: fc.boolean(),
      ended: fc.boolean(),
      flushed: fc.boolean(),
      closes: fc.constantFrom(true, ...Array<boolean>(9).fill(false)),
      client: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const buffers = new ReadBuffers(shared);
        const connections = Array.from({ length: 6 }, () => new ReadBuffer(buffers));
        const clients = Array.from({ length: 6 }, () => ({ flushed: true, holds: new Set<Buffer>() }));
        const waiting = new Map<number, { flushed: boolean; holds: Set<Buffer> }>();
        const flush = (client: { flushed: boolean; holds: Set<Buffer> }): void => {
          client.flushed = true;
          client.holds.clear();
        };
        for (const { connection, large, ended, flushed, closes, client: index } of steps) {
          const buffer = connections[connection] as ReadBuffer;
          const client = clients[index] as (typeof clients)[number];
          if (closes) {
            buffer.close();
            connections[connection] = new ReadBuffer(buffers);
            waiting.delete(connection);
            continue;
          }
          const awaited = waiting.get(connection);
          if (awaited !== undefined) flush(awaited);
          waiting.delete(connection);
          const into = buffer.next;
          for (const { holds } of clients) expect(holds.has(into)).toBe(false);
          if (large && into !== shared) client.holds.add(into);
          client.flushed = flushed;
          if (flushed) client.holds.clear();
          if (!buffer.handedOn(large, ended, client)) waiting.set(connection, client);
          const own = connections.map(({ next }) => next).filter((next) => next !== shared);
          expect(new Set(own).size).toBe(own.length);
        }
      }),
    );
  });
});
