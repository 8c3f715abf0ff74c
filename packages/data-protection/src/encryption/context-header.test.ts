import { describe, expect, it } from 'vitest';
import { suiteOfVector } from '../testing/vector-suite.ts';
import { vectors } from '../testing/vectors.ts';
import { contextHeaderOf } from './context-header.ts';

describe('contextHeaderOf', () => {
  it.each(vectors.contextHeaders)('D-38 derives the one of $cipher with $mac', (vector) => {
    expect(contextHeaderOf(suiteOfVector(vector)).toString('hex')).toBe(vector.headerHex);
  });
});
