import { describe, expect, it } from 'vitest';
import { aesCbcSuite, aesGcmSuite, cipherSizes, digestSize, suiteOfAlgorithms } from './cipher-suite.ts';

describe('suiteOfAlgorithms', () => {
  it.each([
    ['AES_128_CBC', 'HMACSHA256', { mode: 'cbc', cipher: 'aes-128-cbc', digest: 'sha256' }],
    ['AES_192_CBC', 'HMACSHA256', { mode: 'cbc', cipher: 'aes-192-cbc', digest: 'sha256' }],
    ['AES_256_CBC', 'HMACSHA512', { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha512' }],
    ['AES_128_GCM', undefined, { mode: 'gcm', cipher: 'aes-128-gcm' }],
    ['AES_192_GCM', 'HMACSHA256', { mode: 'gcm', cipher: 'aes-192-gcm' }],
    ['AES_256_GCM', 'no such name', { mode: 'gcm', cipher: 'aes-256-gcm' }],
    ['0', '0', { mode: 'cbc', cipher: 'aes-128-cbc', digest: 'sha256' }],
    ['2', '1', { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha512' }],
    ['3', undefined, { mode: 'gcm', cipher: 'aes-128-gcm' }],
    [' AES_256_CBC ', ' HMACSHA256 ', { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha256' }],
  ])('reads %j with %j', (encryption, validation, suite) => {
    expect(suiteOfAlgorithms(encryption, validation)).toEqual(suite);
  });

  it.each([
    ['AES_512_CBC', 'HMACSHA256', 'AES_512_CBC'],
    ['aes_256_cbc', 'HMACSHA256', 'aes_256_cbc'],
    ['6', 'HMACSHA256', '6'],
    ['constructor', 'HMACSHA256', 'constructor'],
    ['', 'HMACSHA256', ''],
    ['AES_256_CBC', 'HMACMD5', 'HMACMD5'],
    ['AES_256_CBC', '2', '2'],
    ['AES_256_CBC', undefined, 'no validation algorithm'],
  ])('refuses %j with %j, naming %j', (encryption, validation, named) => {
    expect(() => suiteOfAlgorithms(encryption, validation)).toThrow(
      expect.objectContaining({ code: 'UnsupportedAlgorithm', message: expect.stringContaining(`"${named}"`) }),
    );
  });
});

describe('sizes of AES keys', () => {
  it.each([0, 64, 127, 129, 512, 2056, Number.NaN, 1.5])('%j bits are refused', (bits) => {
    const refused = expect.objectContaining({ code: 'UnsupportedAlgorithm' });
    expect(() => aesCbcSuite(bits, 'sha256')).toThrow(refused);
    expect(() => aesGcmSuite(bits)).toThrow(refused);
  });
});

describe('primitives', () => {
  it.each(['des-cbc', 'toString', 'aes-256-ctr'])('%s is refused', (name) => {
    expect(() => cipherSizes(name as 'aes-256-cbc')).toThrow(expect.objectContaining({ code: 'UnsupportedAlgorithm' }));
    expect(() => digestSize(name as 'sha256')).toThrow(expect.objectContaining({ code: 'UnsupportedAlgorithm' }));
  });
});
