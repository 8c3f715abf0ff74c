import { describe, expect, it } from 'vitest';
import { unpad } from './key-transport.ts';

const key = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
const substitute = Buffer.alloc(16, 0xee);
const block = (filler: number, head = [0, 2], separator = 0): Buffer =>
  Buffer.concat([Buffer.from(head), Buffer.alloc(filler, 5), Buffer.from([separator]), key]);

describe('unpad', () => {
  it.each([8, 9, 109, 237])('takes the key out behind %i bytes', (filler) => {
    expect(unpad(block(filler), substitute)).toEqual(key);
  });

  it.each([
    ['another first byte', block(109, [1, 2])],
    ['another block type', block(109, [0, 1])],
    ['a separator that is not zero', block(109, [0, 2], 1)],
    ['a high separator', block(109, [0, 2], 0x80)],
    ['a zero among the first filler', Buffer.concat([Buffer.from([0, 2, 0]), block(107).subarray(2)])],
    ['a longer key', Buffer.concat([block(107).subarray(0, 109), Buffer.alloc(2), key])],
    ['a shorter key', Buffer.concat([Buffer.from([0, 2]), Buffer.alloc(110, 5), Buffer.from([0]), key.subarray(1)])],
    ['less than 8 bytes of filler', block(7)],
    ['nothing before the key', key],
    ['too little', key.subarray(1)],
  ])('gives the substitute for %s', (_, bytes) => {
    expect(unpad(bytes, substitute)).toEqual(substitute);
  });

  it('leaves no wrong byte of 256 through', () => {
    for (let value = 1; value < 256; value += 1) {
      expect(unpad(block(20, [value, 2]), substitute)).toEqual(substitute);
      expect(unpad(block(20, [0, value ^ 2 || 1]), substitute)).toEqual(substitute);
      expect(unpad(block(20, [0, 2], value), substitute)).toEqual(substitute);
    }
  });
});
