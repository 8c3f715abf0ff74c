import { describe, expect, it } from 'vitest';
import { builtInMimeTypes } from './mime-types.ts';

describe('builtInMimeTypes', () => {
  it('names each extension once, in lower case, with a type that a header may hold', () => {
    for (const [extension, type] of builtInMimeTypes) {
      expect(extension).toMatch(/^\.[a-z0-9]+$/);
      expect(type).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }
  });

  it.each([
    '.html',
    '.css',
    '.js',
    '.mjs',
    '.json',
    '.webp',
    '.avif',
    '.woff2',
    '.wasm',
    '.br',
    '.webmanifest',
    '.svg',
  ])('knows %s', (extension) => {
    expect(builtInMimeTypes.has(extension)).toBe(true);
  });

  it.each(['.dll', '.config', '.log', '.env', '.yml', '.pem', '.key', '.cs', '.php', '.sql', '.bak'])(
    'publishes no %s',
    (extension) => {
      expect(builtInMimeTypes.has(extension)).toBe(false);
    },
  );
});
