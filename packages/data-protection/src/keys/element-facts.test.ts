import { expect, it } from 'vitest';
import { CertificateXmlEncryptor } from '../at-rest/xml-encryption/certificate-encryptor.ts';
import { thumbprintOf } from '../at-rest/certificates/certificate.ts';
import { encryptSecrets } from '../at-rest/encrypted-secret.ts';
import { selfSigned } from '../testing/certificates.ts';
import { elementOf } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { elementFacts } from './element-facts.ts';
import { writeKeyElement } from './key-element.ts';
import { writeRevocationElement } from './revocation.ts';

const keyId = '657cf77b-e662-48e4-912a-c80edc60e56b';
const key = {
  ...{ keyId, masterKey: new Uint8Array(64), creationDate: 0n, activationDate: 0n, expirationDate: 1n },
  algorithms: { encryption: 'AES_256_CBC', validation: 'HMACSHA256' },
} as const;
const named = { kind: 'key', keyId, friendlyName: `key-${keyId}` };

it('tells a key in clear', () => {
  const facts = { ...named, algorithm: 'AES_256_CBC + HMACSHA256', protection: 'clear' };
  expect(elementFacts(writeKeyElement(key))).toEqual(facts);
  const managed = { encryption: 'Aes', keyLength: 192, validation: 'HMACSHA384' } as const;
  expect(elementFacts(writeKeyElement({ ...key, algorithms: managed }))).toMatchObject({
    algorithm: 'Aes-192 + HMACSHA384',
  });
  const gcm = writeKeyElement({ ...key, algorithms: { encryption: 'AES_256_GCM' } });
  expect(elementFacts(gcm)).toMatchObject({ algorithm: 'AES_256_GCM' });
});

it('tells a key encrypted for a certificate, without its private key', async () => {
  const certificate = selfSigned();
  const encrypted = await encryptSecrets(writeKeyElement(key), new CertificateXmlEncryptor(certificate));
  expect(elementFacts(encrypted)).toMatchObject({
    algorithm: 'AES_256_CBC + HMACSHA256',
    protection: `certificate ${thumbprintOf(certificate.x509)}`,
  });
});

it.each([
  ['Microsoft.AspNetCore.DataProtection.XmlEncryption.DpapiXmlDecryptor, X', 'DPAPI'],
  ['Microsoft.AspNetCore.DataProtection.XmlEncryption.DpapiNGXmlDecryptor, X', 'DPAPI-NG'],
  ['Acme.VaultDecryptor, Acme', 'Acme.VaultDecryptor'],
  ['Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlDecryptor, X', 'certificate'],
])('tells what %s encrypted', (type, protection) => {
  const secret = `<e:encryptedSecret xmlns:e="http://schemas.asp.net/2015/03/dataProtection" decryptorType="${type}"><encryptedKey/></e:encryptedSecret>`;
  const text = `<key id="${keyId}"><descriptor><descriptor>${secret}</descriptor></descriptor></key>`;
  expect(elementFacts(parseXml(text, 'key'))).toEqual({ ...named, algorithm: '', protection });
});

it('tells revocations', () => {
  const one = writeRevocationElement({ keyId, date: 1n });
  expect(elementFacts(one)).toEqual({ kind: 'revocation', keyId, friendlyName: `revocation-${keyId}` });
  const all = writeRevocationElement({ keyId: '*', date: 0n });
  expect(elementFacts(all)).toEqual({ kind: 'revocation', keyId: '*', friendlyName: 'revocation-00010101T000000Z' });
});

it('tells nothing of other elements', () => {
  expect(elementFacts(elementOf('other', {}, []))).toBeUndefined();
  expect(elementFacts(elementOf('key', { id: 'none' }, []))).toBeUndefined();
  expect(elementFacts(elementOf('key', {}, [], 'urn:x'))).toBeUndefined();
});
