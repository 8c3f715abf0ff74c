import { describe, expect, it } from 'vitest';
import { parsePolicy } from './policy.ts';

const thumbprint = 'AB'.repeat(20);

describe('parsePolicy', () => {
  it.each<[string, object, object]>([
    ['nothing', {}, {}],
    ['an empty type', { EncryptionType: '' }, {}],
    ['CBC', { EncryptionType: 'CNG-CBC' }, { encryption: 'AES_256_CBC', validation: 'HMACSHA256' }],
    [
      'CBC in all its parts, in any case',
      {
        EncryptionType: 'cng-cbc',
        EncryptionAlgorithm: 'aes',
        EncryptionAlgorithmProvider: 'Microsoft Primitive Provider',
        EncryptionAlgorithmKeySize: 128,
        HashAlgorithm: 'sha512',
        HashAlgorithmProvider: '',
      },
      { encryption: 'AES_128_CBC', validation: 'HMACSHA512' },
    ],
    [
      'CBC with a hash that only the managed family has',
      { EncryptionType: 'CNG-CBC', HashAlgorithm: 'SHA384' },
      { encryption: 'Aes', keyLength: 256, validation: 'HMACSHA384' },
    ],
    ['GCM', { EncryptionType: 'CNG-GCM', EncryptionAlgorithmKeySize: 192 }, { encryption: 'AES_192_GCM' }],
    ['managed', { EncryptionType: 'Managed' }, { encryption: 'Aes', keyLength: 256, validation: 'HMACSHA256' }],
    [
      'managed by full names',
      {
        EncryptionType: 'managed',
        EncryptionAlgorithmType: 'System.Security.Cryptography.Aes, System.Security.Cryptography.Algorithms',
        ValidationAlgorithmType: 'System.Security.Cryptography.HMACSHA512, System.Security.Cryptography.Algorithms',
        EncryptionAlgorithmKeySize: 128,
      },
      { encryption: 'Aes', keyLength: 128, validation: 'HMACSHA512' },
    ],
    [
      'what another type would use is of no account',
      { EncryptionType: 'CNG-GCM', HashAlgorithm: 'ROT13' },
      { encryption: 'AES_256_GCM' },
    ],
  ])('D-64 reads the algorithms: %s', (_, policy, algorithms) => {
    const expected = 'encryption' in algorithms ? { algorithms } : {};
    expect(parsePolicy(JSON.stringify(policy))).toEqual({
      policy: { ...expected, escrowSinks: [], certificatePaths: [] },
    });
  });

  it('D-64 reads lifetime, escrow sinks and certificates', () => {
    const policy = {
      DefaultKeyLifetime: 14,
      KeyEscrowSinks: ' /opt/sink.js ;; @corp/sink;',
      CertificateThumbprint: thumbprint.toLowerCase().replaceAll(/(..)/g, '$1 ').trim(),
      CertificatePaths: ['/etc/keys', '/etc/cert.pem'],
    };
    expect(parsePolicy(JSON.stringify(policy))).toEqual({
      policy: {
        newKeyLifetimeDays: 14,
        escrowSinks: ['/opt/sink.js', '@corp/sink'],
        certificateThumbprint: thumbprint,
        certificatePaths: ['/etc/keys', '/etc/cert.pem'],
      },
    });
  });

  it.each<[string, unknown, string]>([
    [
      'an unknown type',
      { EncryptionType: 'CNG-ECB' },
      'EncryptionType is "CNG-ECB"; it must be CNG-CBC, CNG-GCM, Managed',
    ],
    [
      'an unknown name',
      { encryptionType: 'Managed' },
      '"encryptionType" is no name of a policy; known are EncryptionType',
    ],
    ['a name of every object', { constructor: 'x' }, '"constructor" is no name'],
    ['text for a number', { DefaultKeyLifetime: '90' }, 'DefaultKeyLifetime must be a whole number'],
    ['a fraction', { DefaultKeyLifetime: 7.5 }, 'DefaultKeyLifetime must be a whole number'],
    ['too short a life', { DefaultKeyLifetime: 6 }, 'DefaultKeyLifetime is 6: it must be 7 to'],
    ['a number for text', { HashAlgorithm: 1 }, 'HashAlgorithm must be text'],
    ['one path', { CertificatePaths: '/a' }, 'CertificatePaths must be a list of texts'],
    ['a relative path', { CertificatePaths: ['a'] }, 'CertificatePaths: "a" is not absolute'],
    [
      'a thumbprint of another hash',
      { CertificateThumbprint: 'AB'.repeat(32), CertificatePaths: ['/a'] },
      'not one of SHA-1',
    ],
    ['a thumbprint to be found nowhere', { CertificateThumbprint: thumbprint }, 'needs CertificatePaths'],
    ['an unknown hash', { EncryptionType: 'CNG-CBC', HashAlgorithm: 'MD5' }, 'EncryptionType CNG-CBC: '],
    ['a wrong size', { EncryptionType: 'CNG-GCM', EncryptionAlgorithmKeySize: 100 }, 'EncryptionType CNG-GCM: '],
    [
      '3DES',
      { EncryptionType: 'CNG-CBC', EncryptionAlgorithm: '3DES', EncryptionAlgorithmKeySize: 192 },
      'not made for 3DES',
    ],
    ['a list', [], 'not one JSON object'],
    ['null', null, 'not one JSON object'],
  ])('D-64 refuses %s', (_, policy, fault) => {
    expect(parsePolicy(JSON.stringify(policy))).toEqual({ faults: [expect.stringContaining(fault)] });
  });

  it('tells all that is wrong at once, and refuses what is no JSON', () => {
    const { faults } = parsePolicy('{"a": 1, "b": 2, "EncryptionType": "x", "DefaultKeyLifetime": 1}') as {
      faults: string[];
    };
    expect(faults).toHaveLength(4);
    expect(parsePolicy('{')).toEqual({ faults: ['it is not one JSON object'] });
  });
});
