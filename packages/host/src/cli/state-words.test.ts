import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Health, ObjectState } from '../supervisor/management/index.ts';
import { createOutput } from './output.ts';
import { formatState } from './state-words.ts';

const options = { stdout: new PassThrough(), stderr: new PassThrough(), json: false, quiet: false };
const plain = createOutput({ ...options, environment: {}, colour: 'never' }).data;
const ascii = createOutput({ ...options, environment: { LANG: 'de_DE.ISO-8859-1' }, colour: 'never' }).data;
const coloured = createOutput({ ...options, environment: {}, colour: 'always' }).data;

describe('formatState', () => {
  it.each<[ObjectState, Health, string, string]>([
    ['started', 'healthy', '● started', '* started'],
    ['started', 'idle', '● idle', '* idle'],
    ['started', 'recycling', '◐ recycling', '~ recycling'],
    ['started', 'degraded', '◐ degraded', '~ degraded'],
    ['started', 'unknown', '◐ started', '~ started'],
    ['started', 'failed', '✖ failed', 'x failed'],
    ['stopped', 'failed', '✖ failed', 'x failed'],
    ['stopped', 'idle', '○ stopped', '- stopped'],
    ['starting', 'unknown', '◐ starting', '~ starting'],
    ['stopping', 'healthy', '◐ stopping', '~ stopping'],
    ['unknown', 'unknown', '◐ unknown', '~ unknown'],
  ])('%s, %s', (state, health, expected, asciiExpected) => {
    expect(formatState(state, health, plain)).toBe(expected);
    expect(formatState(state, health, ascii)).toBe(asciiExpected);
    expect(formatState(state, health, coloured)).toMatch(/^\u001b\[\d+m.\u001b\[\d+m /u);
  });
});
