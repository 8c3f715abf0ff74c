import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueShare } from './queue-share.ts';

describe('QueueShare', () => {
  it('has the whole queue, and asks for nothing, when it is alone', () => {
    const share = new QueueShare(1_000, 1);
    expect(share.places).toBe(1_000);
    expect(share.adjust(1_000)).toBe(0);
  });

  it('rounds its part down', () => {
    expect(new QueueShare(1_000, 3).places).toBe(333);
  });

  it('asks once, before its places are used up, and again after an answer', () => {
    const share = new QueueShare(200, 2);
    expect(share.adjust(67)).toBe(0);
    expect(share.adjust(68)).toBe(64);
    expect(share.adjust(90)).toBe(0);
    share.granted(64);
    expect(share.places).toBe(164);
    expect(share.adjust(140)).toBe(64);
  });

  it('does not ask again after a refusal until its queue was empty', () => {
    const share = new QueueShare(200, 2);
    expect(share.adjust(80)).toBe(64);
    share.granted(0);
    expect(share.adjust(95)).toBe(0);
    share.emptied();
    expect(share.adjust(80)).toBe(64);
  });

  it('gives back what it does not need', () => {
    const share = new QueueShare(200, 2);
    share.adjust(80);
    share.granted(64);
    expect(share.adjust(60)).toBe(0);
    expect(share.adjust(36)).toBe(-64);
    expect(share.places).toBe(100);
  });

  it('never holds more than its part and what was granted, and never less than its part', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(64)), { maxLength: 50 }), (steps) => {
        const share = new QueueShare(400, 4);
        let free = 300;
        for (const [waiting, offered] of steps) {
          const wanted = share.adjust(Math.min(waiting, share.places));
          if (wanted > 0) {
            const granted = Math.min(offered, free, wanted);
            free -= granted;
            share.granted(granted);
          } else {
            free -= wanted;
          }
          expect(share.places).toBe(100 + 300 - free);
          expect(share.places).toBeGreaterThanOrEqual(100);
        }
      }),
    );
  });
});
