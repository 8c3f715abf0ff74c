import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { payload, receipt, receiptOfPayload } from './payload.ts';

describe('payload', () => {
  it.each([0, 1, 16, 1_024, 65_536, 1_048_576])('has %i bytes', (bytes) => {
    expect(payload(bytes)).toHaveLength(bytes);
  });

  it('looks different in each of its places', () => {
    const body = payload(65_536).toString('latin1');
    const places = Array.from({ length: body.length / 16 }, (_, index) => body.slice(index * 16, index * 16 + 16));
    expect(new Set(places).size).toBe(places.length);
  });
});

it('has a receipt that tells a swap of two bytes', () => {
  const swapped = Buffer.from(payload(32));
  [swapped[0], swapped[20]] = [swapped[20] as number, swapped[0] as number];
  expect(receipt(32, crc32(swapped))).not.toBe(receiptOfPayload(32).toString());
});
