import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AuthenticatedEncryptor, CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import { silentLogger } from '../logger.ts';
import { agree, keyId, keyText, openingWith } from '../testing/keys.ts';
import vectors from '../testing/vectors.json';
import { formatInstant, parseInstant } from '../time/date-text.ts';
import type { XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { keyFriendlyName, readKeyElement, writeKeyElement } from './key-element.ts';
import type { StoredKey } from './stored-key.ts';

const { cookieSharingSample, writtenByClassLibrary, legacyDescriptor } = vectors.keyXml;
const masterKey = Buffer.alloc(64, 7);
const secret = masterKey.toString('base64');

const read = (text: string, opening = openingWith()): StoredKey =>
  readKeyElement(parseXml(text, 'key.xml'), opening, silentLogger);

async function failure(key: StoredKey): Promise<{ code: string; message: string }> {
  return key.createEncryptor().then(
    () => ({ code: 'none', message: '' }),
    (error: unknown) => error as { code: string; message: string },
  );
}

/** What a key's descriptor says, without the cryptography. */
async function suiteOf(text: string): Promise<[CipherSuite, number | undefined]> {
  let found: [CipherSuite, number | undefined] | undefined;
  const encryptor = {} as AuthenticatedEncryptor;
  await read(text, {
    decryptors: new Map(),
    encryptorFor: (suite, key) => {
      found = [suite, key.symmetricKeySize];
      return encryptor;
    },
  }).createEncryptor();
  return found as [CipherSuite, number | undefined];
}

describe('readKeyElement', () => {
  it('reads the published sample', async () => {
    const key = read(cookieSharingSample.xml);
    expect(key.keyId).toBe(cookieSharingSample.expect.keyId);
    expect(formatInstant(key.creationDate)).toBe('2017-12-13T09:51:56.8629737Z');
    expect(formatInstant(key.activationDate)).toBe('2017-12-13T09:51:56.8621659Z');
    expect(formatInstant(key.expirationDate)).toBe('2018-03-13T09:51:56.8621659Z');
    expect(key.isRevoked).toBe(false);
    expect(await suiteOf(cookieSharingSample.xml)).toEqual([
      { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha256' },
      64,
    ]);
  });

  it('reads a published payload with the published key', async () => {
    const [payload] = vectors.protectedPayloads.cases;
    const encryptor = await read(cookieSharingSample.xml).createEncryptor();
    const purposes = (payload?.purposes ?? []).map((purpose) => `${String.fromCharCode(purpose.length)}${purpose}`);
    const count = Buffer.from([0, 0, 0, purposes.length]);
    const bytes = Buffer.from(payload?.payloadHex ?? '', 'hex');
    const additionalData = Buffer.concat([bytes.subarray(0, 20), count, Buffer.from(purposes.join(''))]);
    expect(encryptor.decrypt(bytes, additionalData, 20).toString('base64')).toBe(payload?.plaintextBase64);
  });

  it('D-3 takes the id from the attribute, in any form that .NET reads', () => {
    for (const id of [
      '11111111-2222-3333-4444-555555555555',
      '{11111111-2222-3333-4444-555555555555}',
      ' 11111111222233334444555555555555 ',
    ]) {
      expect(read(keyText('<d/>').replace(keyId, id)).keyId).toBe(keyId);
    }
  });

  it('D-5 does not look at the version', () => {
    for (const version of ['version="2"', 'version=""', '']) {
      expect(read(keyText('<d/>').replace('version="1"', version)).keyId).toBe(keyId);
    }
  });

  it.each([
    ['a bad id', 'id="1', 'id="x', 'A key element has no GUID as its id.'],
    ['no id', 'id="', 'no="', 'A key element has no GUID as its id.'],
    ['a bad creationDate', '2026-01-01T00:00:00Z', 'secret', `The key {${keyId}} has no valid creationDate.`],
    ['a bad activationDate', '2026-01-02T00:00:00Z', '', `The key {${keyId}} has no valid activationDate.`],
    [
      'no expirationDate',
      /<expirationDate>.*<\/expirationDate>/,
      '',
      `The key {${keyId}} has no valid expirationDate.`,
    ],
  ])('D-6 refuses %s without telling what stands there', (_, what, instead, message) => {
    expect(() => read(keyText('<d/>').replace(what, instead))).toThrow(
      expect.objectContaining({ name: 'KeyElementError', message }),
    );
  });

  it('warns of a date without time zone', () => {
    const warnings: string[] = [];
    const text = keyText('<d/>').replace('2026-01-01T00:00:00Z', '2026-01-01T00:00:00');
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    expect(readKeyElement(parseXml(text, 'x'), openingWith(), logger).creationDate).toBe(
      parseInstant('2026-01-01')?.instant,
    );
    expect(warnings).toEqual([expect.stringContaining('creationDate')]);
  });
});

describe('descriptors', () => {
  const keyNode = `<masterKey>${secret}</masterKey>`;
  const validation = '<validation algorithm="HMACSHA512"/>';
  const sha512 = { mode: 'cbc', digest: 'sha512' };
  const managed = 'ManagedAuthenticatedEncryptorDescriptorDeserializer';
  const cbc = 'CngCbcAuthenticatedEncryptorDescriptorDeserializer';
  const gcm = 'CngGcmAuthenticatedEncryptorDescriptorDeserializer';
  const qualified = 'System.Security.Cryptography.AesCryptoServiceProvider, System.Core, Version=4.0.0.0';

  it.each<[string, string | undefined, string, object]>([
    ...(['AES_128_CBC', 'AES_192_CBC', 'AES_256_CBC'] as const).map((name): [string, undefined, string, object] => [
      name,
      undefined,
      `<encryption algorithm="${name}"/>${validation}`,
      { ...sha512, cipher: name.toLowerCase().replaceAll('_', '-') },
    ]),
    ...(['AES_128_GCM', 'AES_192_GCM', 'AES_256_GCM'] as const).map((name): [string, undefined, string, object] => [
      name,
      undefined,
      `<encryption algorithm="${name}"/><!-- none -->`,
      { mode: 'gcm', cipher: name.toLowerCase().replaceAll('_', '-') },
    ]),
    ...Object.entries(vectors.algorithmEnum).map(([name, number]): [string, undefined, string, object] => [
      `number ${number}`,
      undefined,
      `<encryption algorithm=" ${number} "/><validation algorithm="1"/>`,
      { ...(name.endsWith('CBC') ? sha512 : { mode: 'gcm' }), cipher: name.toLowerCase().replaceAll('_', '-') },
    ]),
    [
      'managed Aes',
      managed,
      `<encryption algorithm="Aes" keyLength="192"/><validation algorithm="HMACSHA384"/>`,
      { mode: 'cbc', cipher: 'aes-192-cbc', digest: 'sha384' },
    ],
    [
      'managed, qualified',
      managed,
      `<encryption algorithm="${qualified}" keyLength="256"/><validation algorithm="System.Security.Cryptography.HMACSHA1, mscorlib"/>`,
      { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha1' },
    ],
    [
      'managed RijndaelManaged',
      managed,
      `<encryption algorithm="System.Security.Cryptography.RijndaelManaged, mscorlib" keyLength="128"/>${validation}`,
      { ...sha512, cipher: 'aes-128-cbc' },
    ],
    [
      'managed 3DES',
      managed,
      `<encryption algorithm="System.Security.Cryptography.TripleDESCryptoServiceProvider, System.Core" keyLength="192"/>${validation}`,
      { ...sha512, cipher: 'des-ede3-cbc' },
    ],
    [
      'CNG CBC',
      cbc,
      '<encryption algorithm="aes" keyLength="256" provider="P"/><hash algorithm="SHA256" provider="Q"/>',
      { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha256' },
    ],
    [
      'CNG 3DES',
      cbc,
      '<encryption algorithm="3DES" keyLength="192"/><hash algorithm="SHA1"/>',
      { mode: 'cbc', cipher: 'des-ede3-cbc', digest: 'sha1' },
    ],
    ['CNG GCM', gcm, '<encryption algorithm="AES" keyLength="128"/>', { mode: 'gcm', cipher: 'aes-128-gcm' }],
  ])('D-12 reads %s', async (_, deserializer, nodes, suite) => {
    const text = keyText(`<descriptor>${nodes}${keyNode}</descriptor>`, deserializer);
    expect(await suiteOf(text)).toEqual([suite, 64]);
    const encryptor = await read(text).createEncryptor();
    // 3DES is for reading only.
    if (JSON.stringify(suite).includes('des-ede3')) expect(encryptor).toBeDefined();
    else expect(agree(encryptor, encryptorFor(suite as CipherSuite, masterKey))).toBe(true);
  });

  it.each([
    ['another version', 'Version=8.0.0.0', 'Version=99.1.0.0'],
    ['no version', /, Microsoft.AspNetCore.DataProtection, Version=[^"]*/, ''],
    ['another token', 'adb9793829ddae60', 'null'],
    ['another culture', 'neutral', 'de'],
    ['the old name', /Microsoft\.AspNetCore\.DataProtection/g, 'Microsoft.AspNet.DataProtection'],
    ['white space', 'deserializerType="', 'deserializerType=" '],
  ])('D-11 recognises a deserializer with %s', async (_, what, instead) => {
    const text = keyText(`<descriptor><encryption algorithm="AES_256_GCM"/>${keyNode}</descriptor>`).replace(
      what,
      instead,
    );
    expect(await suiteOf(text)).toEqual([{ mode: 'gcm', cipher: 'aes-256-gcm' }, 64]);
  });

  it('D-13 reads the secret as bare text, in a value and in pieces alike', async () => {
    const [half, rest] = [secret.slice(0, 40), secret.slice(40)];
    const forms = [
      `<masterKey>${secret}</masterKey>`,
      `<masterKey><!-- Warning --><value>${secret}</value></masterKey>`,
      `<masterKey>\n  <value>\n ${half}\n <!-- c -->${rest} </value>\n</masterKey>`,
      `<masterKey><value>${half}</value><value>${rest}</value></masterKey>`,
      `<masterKey><![CDATA[${secret}]]></masterKey>`,
    ];
    const expected = encryptorFor({ mode: 'gcm', cipher: 'aes-256-gcm' }, masterKey);
    for (const form of forms) {
      const key = read(keyText(`<d><encryption algorithm="AES_256_GCM"/>${form}</d>`));
      expect(agree(await key.createEncryptor(), expected)).toBe(true);
    }
  });

  it('D-13 reads a descriptor of an early version', async () => {
    expect(await suiteOf(keyText(legacyDescriptor.xml))).toEqual([
      { mode: 'cbc', cipher: 'aes-192-cbc', digest: 'sha512' },
      64,
    ]);
  });

  it.each([
    ['encryption algorithm', undefined, '<encryption algorithm="aes_256_cbc"/>', 'aes_256_cbc'],
    ['number', undefined, '<encryption algorithm="6"/>', '6'],
    [
      'validation algorithm',
      undefined,
      '<encryption algorithm="AES_256_CBC"/><validation algorithm="HMACMD5"/>',
      'HMACMD5',
    ],
    ['absence of validation', undefined, '<encryption algorithm="AES_256_CBC"/>', 'no validation'],
    ['managed class', managed, `<encryption algorithm="My.Cipher, My" keyLength="256"/>${validation}`, 'My.Cipher, My'],
    ['key length', managed, `<encryption algorithm="Aes" keyLength="512"/>${validation}`, 'AES with a key of 512 bits'],
    [
      'two-key 3DES',
      managed,
      `<encryption algorithm="System.Security.Cryptography.TripleDESCng" keyLength="128"/>${validation}`,
      '128 bit',
    ],
    [
      'managed digest',
      managed,
      '<encryption algorithm="Aes" keyLength="256"/><validation algorithm="SHA256"/>',
      'SHA256',
    ],
    ['CNG cipher', cbc, '<encryption algorithm="RC4" keyLength="128"/><hash algorithm="SHA1"/>', 'RC4'],
    ['CNG hash', cbc, '<encryption algorithm="AES" keyLength="128"/><hash algorithm="MD5"/>', 'MD5'],
    ['CNG GCM cipher', gcm, '<encryption algorithm="3DES" keyLength="192"/>', '3DES'],
    ['deserializer', 'OtherDeserializer', '', 'OtherDeserializer'],
  ])('D-14 keeps a key with an unknown %s and names it on use', async (_, deserializer, nodes, named) => {
    const key = read(keyText(`<descriptor>${nodes}${keyNode}</descriptor>`, deserializer));
    const { code, message } = await failure(key);
    expect(code).toBe('UnsupportedAlgorithm');
    expect(message).toContain(`The key {${keyId}} cannot be used.`);
    expect(message).toContain(named);
    expect(message).not.toContain(secret);
  });

  it.each([
    ['no descriptor', keyText('').replace(/<descriptor.*<\/descriptor>/, '')],
    ['an empty descriptor', keyText('')],
    ['two descriptors', keyText('<d/><d/>')],
    ['no deserializer', keyText('<d/>').replace('deserializerType', 'type')],
    ['no algorithm', keyText(`<d><encryption/>${keyNode}</d>`)],
    ['no master key', keyText('<d><encryption algorithm="AES_256_GCM"/></d>')],
    ['two master keys', keyText(`<d><encryption algorithm="AES_256_GCM"/>${keyNode}${keyNode}</d>`)],
    ['an empty master key', keyText('<d><encryption algorithm="AES_256_GCM"/><masterKey/></d>')],
    [
      'a master key that is no base64',
      keyText('<d><encryption algorithm="AES_256_GCM"/><masterKey>AA-_</masterKey></d>'),
    ],
    ['base64 without padding', keyText('<d><encryption algorithm="AES_256_GCM"/><masterKey>AAA</masterKey></d>')],
  ])('keeps a key with %s; its use fails', async (_, text) => {
    const { code, message } = await failure(read(text));
    expect(code).toBe('KeyUnreadable');
    expect(message).toContain(keyId);
    expect(message).not.toContain(secret);
  });
});

describe('StoredKey', () => {
  const gcmKey = keyText(`<d><encryption algorithm="AES_256_GCM"/><masterKey>${secret}</masterKey></d>`);

  it('decrypts on first use, once, also for concurrent callers and for its revoked self', async () => {
    let made = 0;
    const opening = {
      decryptors: new Map(),
      encryptorFor: () => {
        made += 1;
        return {} as AuthenticatedEncryptor;
      },
    };
    const key = read(gcmKey, opening);
    expect(key.encryptor).toBeUndefined();
    const all = await Promise.all([
      key.createEncryptor(),
      key.createEncryptor(),
      key.withRevocation(true).createEncryptor(),
    ]);
    expect(new Set(all).size).toBe(1);
    expect(key.encryptor).toBe(all[0]);
    expect(key.withRevocation(true)).toMatchObject({ keyId, isRevoked: true, encryptor: all[0] });
    expect(key.withRevocation(false)).toBe(key);
    expect(made).toBe(1);
  });

  it('tries again after a failure that may pass, not after one that lasts', async () => {
    let calls = 0;
    const decryptor = {
      decrypt: (element: XmlElement) => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('the vault is out of reach')) : Promise.resolve(element);
      },
    };
    const encrypted = (type: string): string =>
      keyText(
        `<d><encryption algorithm="AES_256_GCM"/><encryptedSecret xmlns="http://schemas.asp.net/2015/03/dataProtection" decryptorType="${type}"><masterKey xmlns="">${secret}</masterKey></encryptedSecret></d>`,
      );
    const key = read(encrypted('My.Vault, My'), openingWith({ custom: { 'My.Vault': decryptor } }));
    const [one, other] = await Promise.all([failure(key), failure(key)]);
    expect(one).toBe(other);
    expect(one).toMatchObject({
      code: 'KeyUnreadable',
      cause: expect.objectContaining({ message: 'the vault is out of reach' }),
    });
    await expect(key.createEncryptor()).resolves.toBeDefined();
    expect(calls).toBe(2);

    const unknown = read(encrypted('No.Such'));
    expect(await failure(unknown)).toBe(await failure(unknown));
  });

  it('shows no secret', async () => {
    const key = read(gcmKey);
    for (let use = 0; use < 2; use += 1) {
      const shown = [inspect(key, { depth: 20, showHidden: true }), JSON.stringify(key)].join();
      expect(shown).toContain(keyId);
      expect(shown).not.toContain(secret.slice(0, 20));
      expect(shown).not.toMatch(/07 07 07|7, ?7, ?7/);
      await key.createEncryptor();
    }
    expect(JSON.parse(JSON.stringify(key))).toEqual({
      keyId,
      creationDate: '2026-01-01T00:00:00Z',
      activationDate: '2026-01-02T00:00:00Z',
      expirationDate: '2026-04-01T00:00:00Z',
      isRevoked: false,
    });
  });
});

describe('writeKeyElement', () => {
  const dates = {
    creationDate: parseInstant('2026-01-02T03:04:05.1234567Z')?.instant ?? 0n,
    activationDate: parseInstant('2026-01-02T03:04:05Z')?.instant ?? 0n,
    expirationDate: parseInstant('2026-04-02T10:04:05Z')?.instant ?? 0n,
  };
  const { xmlAfterBom } = writtenByClassLibrary;
  const bytes = Buffer.from(/<value>(.*)<\/value>/.exec(xmlAfterBom)?.[1] ?? '', 'base64');

  it('D-15 writes what the class library writes', () => {
    const element = writeKeyElement({
      keyId: '0f0e0d0c-0b0a-0908-0706-050403020100',
      algorithms: { encryption: 'AES_256_CBC' },
      masterKey: bytes,
      ...dates,
    });
    const expected = xmlAfterBom
      .replace(
        'T, A',
        'Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection, Version=8.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60',
      )
      .replace('2026-04-02T03:04:05-07:00', '2026-04-02T10:04:05Z');
    expect(writeXml(element, 'document')).toBe(expected);
  });

  it.each([
    [{ encryption: 'AES_128_GCM' }, { mode: 'gcm', cipher: 'aes-128-gcm' }],
    [
      { encryption: 'AES_192_CBC', validation: 'HMACSHA512' },
      { mode: 'cbc', cipher: 'aes-192-cbc', digest: 'sha512' },
    ],
    [
      { encryption: 'Aes', keyLength: 192, validation: 'HMACSHA384' },
      { mode: 'cbc', cipher: 'aes-192-cbc', digest: 'sha384' },
    ],
  ] as const)('D-12 writes %j so that it reads back', async (algorithms, suite) => {
    const element = writeKeyElement({ keyId, algorithms, masterKey, ...dates });
    const key = read(writeXml(element, 'line'));
    expect(key).toMatchObject({ keyId, ...dates });
    expect(agree(await key.createEncryptor(), encryptorFor(suite, masterKey))).toBe(true);
  });

  it('names the element for people', () => {
    expect(keyFriendlyName(keyId)).toBe(`key-${keyId}`);
  });
});
