import { describe, expect, it } from 'vitest';
import { RandomPool } from './random-pool.ts';

function counting(): { pool: RandomPool; blocks: Uint8Array[] } {
  const blocks: Uint8Array[] = [];
  let next = 1;
  const pool = new RandomPool((bytes) => {
    const block = Uint8Array.from({ length: bytes }, () => next++);
    blocks.push(block);
    return block;
  }, 8);
  return { pool, blocks };
}

describe('RandomPool', () => {
  it('gives every byte once', () => {
    const { pool } = counting();
    const target = new Uint8Array(10);
    pool.fill(target, 1, 4);
    pool.fill(target, 4, 8);
    expect([...target]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 0]);
  });

  it('zeroes what it gave, and the rest that is too short', () => {
    const { pool, blocks } = counting();
    const target = new Uint8Array(6);
    pool.fill(target, 0, 6);
    expect([...(blocks[0] as Uint8Array)]).toEqual([0, 0, 0, 0, 0, 0, 7, 8]);
    pool.fill(target, 0, 3);
    expect([...target]).toEqual([9, 10, 11, 4, 5, 6]);
    expect(blocks[0]?.every((byte) => byte === 0)).toBe(true);
  });

  it('takes a block as large as what is asked for', () => {
    const { pool, blocks } = counting();
    pool.fill(new Uint8Array(20), 0, 20);
    expect(blocks.map(({ length }) => length)).toEqual([20]);
  });

  it('refuses a generator that gives less than asked for', () => {
    const pool = new RandomPool(() => new Uint8Array(8));
    expect(() => pool.fill(new Uint8Array(16), 0, 16)).toThrow(RangeError);
  });

  it('asks the generator of node:crypto', () => {
    const pool = new RandomPool();
    const seen = new Set<string>();
    for (let count = 0; count < 1_000; count++) {
      const target = Buffer.alloc(16);
      pool.fill(target, 0, 16);
      seen.add(target.toString('hex'));
    }
    expect(seen.size).toBe(1_000);
  });
});
