import { describe, expect, it } from 'vitest';
import { vectors } from '../testing/vectors.ts';
import { AdditionalData } from './additional-data.ts';

const ids = ['657cf77b-e662-48e4-912a-c80edc60e56b', 'ba73c9ce-d322-4e45-af90-341307e11c38'] as const;

describe('AdditionalData', () => {
  it.each(vectors.aad)('D-39 is as known: $name', ({ keyId, purposes, aadHex, aadBase64 }) => {
    const expected = aadHex === undefined ? Buffer.from(aadBase64 ?? '', 'base64') : Buffer.from(aadHex, 'hex');
    expect(new AdditionalData(purposes).forKey(keyId).toString('hex')).toBe(expected.toString('hex'));
  });

  it('changes with the key', () => {
    const data = new AdditionalData(['purpose']);
    const first = Buffer.from(data.forKey(ids[0]));
    expect(data.forKey(ids[1]).equals(first)).toBe(false);
    expect(data.forKey(ids[0]).equals(first)).toBe(true);
  });

  it('knows the key of a payload, also when the last one was another', () => {
    const [payload, other] = ids.map((id) => Buffer.from(new AdditionalData(['purpose']).forKey(id)));
    const data = new AdditionalData(['purpose']);
    expect(data.keyIdOf(payload!)).toBe(ids[0]);
    data.forKey(ids[0]);
    expect(data.keyIdOf(payload!)).toBe(ids[0]);
    expect(data.keyIdOf(other!)).toBe(ids[1]);
    const close = Buffer.from(payload!);
    close[19] = 0;
    expect(data.keyIdOf(close)).toBe('657cf77b-e662-48e4-912a-c80edc60e500');
  });
});
