import { describe, expect, it } from 'vitest';
import { acceptedCodings, isCompressible } from './accept-encoding.ts';

describe('acceptedCodings', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['br', ['br']],
    ['gzip, br', ['br', 'gzip']],
    ['gzip;q=1.0, br;q=0.5', ['gzip', 'br']],
    ['*', ['br', 'gzip']],
    ['*;q=0', []],
    ['br;q=0, *', ['gzip']],
    ['identity, gzip;q=0.5', []],
    ['identity;q=0.2, gzip;q=0.5', ['gzip']],
    ['identity;q=0, gzip;q=0.001', ['gzip']],
    ['GZIP', ['gzip']],
    ['x-gzip', ['gzip']],
    ['deflate', []],
    ['gzip;q=2', []],
    ['gzip;level=9', []],
    ['gzip ; q = 0.5', ['gzip']],
    [',,gzip,', ['gzip']],
  ])('H-138 %j → %j', (field, expected) => {
    expect(acceptedCodings(field)).toEqual(expected);
  });
});

describe('isCompressible', () => {
  it.each([
    ['text/css', true],
    ['application/json', true],
    ['application/ld+json', true],
    ['image/svg+xml', true],
    ['application/wasm', true],
    ['image/png', false],
    ['font/woff2', false],
    ['video/mp4', false],
    ['application/zip', false],
  ])('%s: %s', (type, expected) => {
    expect(isCompressible(type)).toBe(expected);
  });
});
