import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { vectors } from '../testing/vectors.ts';
import { deriveKeys } from './key-derivation.ts';

const longKey = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 256));

describe('deriveKeys', () => {
  it.each(vectors.kdf)('D-37 derives $name', (vector) => {
    const key = vector.kdkHex === null ? longKey : Buffer.from(vector.kdkHex, 'hex');
    const output = deriveKeys(
      createSecretKey(key),
      Buffer.from(vector.labelUtf8),
      Buffer.from(vector.contextHeaderUtf8),
      Buffer.from(vector.contextUtf8),
      vector.outputLength,
    );
    expect(output.toString('base64')).toBe(vector.outputBase64);
  });
});
