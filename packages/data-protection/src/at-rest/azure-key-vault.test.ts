import { createCipheriv, constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dataProtectionNamespace } from '../xml/dotnet-names.ts';
import { attributeOf, childElement, childElements, elementOf, textOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { AzureKeyVaultXmlDecryptor, AzureKeyVaultXmlEncryptor, type KeyVault } from './azure-key-vault.ts';
import { xmlDecryptors } from './decryptors.ts';
import { decryptSecrets, encryptSecrets } from './encrypted-secret.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
const asked: string[] = [];
const vault: KeyVault = {
  wrapKey: (keyId, algorithm, key) => {
    asked.push(`wrap ${keyId} ${algorithm}`);
    return Promise.resolve({ keyId: `${keyId}/v1`, wrapped: publicEncrypt({ key: publicKey, ...padding }, key) });
  },
  unwrapKey: (keyId, algorithm, wrapped) => {
    asked.push(`unwrap ${keyId} ${algorithm}`);
    return Promise.resolve(privateDecrypt({ key: privateKey, ...padding }, wrapped));
  },
};
const marked = parseXml(
  `<key><masterKey e:requiresEncryption="true" xmlns:e="${dataProtectionNamespace}"><value>AAAA</value></masterKey></key>`,
  'x',
);

describe('AzureKeyVaultXmlEncryptor', () => {
  it('writes the layout of the Azure package, and its other half reads it', async () => {
    asked.length = 0;
    const encrypted = await encryptSecrets(marked, new AzureKeyVaultXmlEncryptor(vault, 'https://v/keys/k'));
    const secret = childElements(encrypted)[0] as XmlElement;
    expect(attributeOf(secret, 'decryptorType')).toMatch(
      /^Azure\.Extensions\.AspNetCore\.DataProtection\.Keys\.AzureKeyVaultXmlDecryptor, /,
    );
    const inner = childElement(secret, 'encryptedKey') as XmlElement;
    expect(childElements(inner).map(({ name }) => name)).toEqual(['kid', 'key', 'iv', 'value']);
    expect(textOf(childElement(inner, 'kid') as XmlElement)).toBe('https://v/keys/k/v1');
    expect(writeXml(encrypted, 'line')).not.toContain('AAAA');
    expect(await decryptSecrets(encrypted, xmlDecryptors({ keyVault: vault }))).toEqual(marked);
    expect(asked).toEqual(['wrap https://v/keys/k RSA-OAEP', 'unwrap https://v/keys/k/v1 RSA-OAEP']);
  });
});

describe('AzureKeyVaultXmlDecryptor', () => {
  const [key, iv] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  const stored = (text: string, change: Record<string, string> = {}): XmlElement => {
    const cipher = createCipheriv('aes-128-cbc', key, iv);
    const parts = {
      kid: 'https://v/keys/k/v1',
      key: publicEncrypt({ key: publicKey, ...padding }, key).toString('base64'),
      iv: iv.toString('base64'),
      value: Buffer.concat([cipher.update(text), cipher.final()]).toString('base64'),
      ...change,
    };
    return elementOf(
      'encryptedKey',
      {},
      Object.entries(parts).map(([name, value]) => elementOf(name, {}, [value])),
    );
  };

  it('reads what .NET saves: with byte order mark and declaration', async () => {
    const text = '\uFEFF<?xml version="1.0" encoding="utf-8"?><masterKey><value>AAAA</value></masterKey>';
    expect(await new AzureKeyVaultXmlDecryptor(vault).decrypt(stored(text))).toEqual(
      parseXml('<masterKey><value>AAAA</value></masterKey>', 'x'),
    );
  });

  it('says which vault key is needed when there is no vault', async () => {
    await expect(new AzureKeyVaultXmlDecryptor().decrypt(stored('<a/>'))).rejects.toMatchObject({
      code: 'DecryptionKeyNotFound',
      message: 'It is encrypted with the Azure Key Vault key "https://v/keys/k/v1" and no key vault is configured.',
    });
  });

  it.each([
    ['another iv', { iv: Buffer.alloc(16, 3).toString('base64') }],
    ['a short iv', { iv: 'AAAA' }],
    ['no value', { value: '' }],
    ['a value changed', { value: Buffer.alloc(32, 9).toString('base64') }],
    ['no base64', { key: '!' }],
  ])('refuses %s', async (_, change) => {
    await expect(new AzureKeyVaultXmlDecryptor(vault).decrypt(stored('<a/>', change))).rejects.toMatchObject({
      code: 'KeyUnreadable',
    });
  });
});
