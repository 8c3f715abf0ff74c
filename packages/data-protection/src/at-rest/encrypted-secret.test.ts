import { describe, expect, it } from 'vitest';
import { agree, keyId, keyText, openingWith } from '../testing/keys.ts';
import vectors from '../testing/vectors.json';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import { readKeyElement } from '../keys/key-element.ts';
import { silentLogger } from '../logger.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { decryptSecrets, encryptSecrets } from './encrypted-secret.ts';
import { NullXmlDecryptor, NullXmlEncryptor } from './null-encryption.ts';
import type { XmlElement } from '../xml/element.ts';
import { xmlDecryptors, type DecryptorOptions } from './decryptors.ts';

const dp = 'xmlns:e="http://schemas.asp.net/2015/03/dataProtection"';
const secret = Buffer.alloc(64, 7).toString('base64');
const gcm = '<encryption algorithm="AES_256_GCM" />';

function secretText(decryptor: string, child: string): string {
  return keyText(`<d>${gcm}<e:encryptedSecret ${dp} decryptorType="${decryptor}">${child}</e:encryptedSecret></d>`);
}

async function failure(text: string, options?: DecryptorOptions): Promise<{ code: string; message: string }> {
  const key = readKeyElement(parseXml(text, 'x'), openingWith(options), silentLogger);
  expect(key.keyId).toBe(keyId);
  return key.createEncryptor().then(
    () => ({ code: 'none', message: '' }),
    (error: unknown) => error as { code: string; message: string },
  );
}

const opensWith = async (text: string, options?: DecryptorOptions): Promise<boolean> => {
  const key = readKeyElement(parseXml(text, 'x'), openingWith(options), silentLogger);
  return agree(await key.createEncryptor(), encryptorFor({ mode: 'gcm', cipher: 'aes-256-gcm' }, Buffer.alloc(64, 7)));
};

const xmlEncryption = 'Microsoft.AspNetCore.DataProtection.XmlEncryption';

describe('encryptSecrets', () => {
  it('replaces what is marked, the outermost first, and nothing else', async () => {
    const text = `<a ${dp}><b e:requiresEncryption="true"><c e:requiresEncryption="1"/></b><d e:requiresEncryption="false"/><f><g e:requiresEncryption="1">t</g></f></a>`;
    const seen: string[] = [];
    const encryptor = {
      encrypt: (element: XmlElement) => {
        seen.push(element.name);
        return Promise.resolve({
          element: { ...element, name: 'x', attributes: [], children: [] },
          decryptorType: 'T',
        });
      },
    };
    const encrypted = await encryptSecrets(parseXml(text, 'x'), encryptor);
    expect(seen).toEqual(['b', 'g']);
    const replacement =
      '<encryptedSecret decryptorType="T" xmlns="http://schemas.asp.net/2015/03/dataProtection"><x xmlns="" /></encryptedSecret>';
    const open = `xmlns:p2="http://schemas.asp.net/2015/03/dataProtection"`;
    expect(writeXml(encrypted, 'line')).toBe(
      `<a>${replacement}<d p2:requiresEncryption="false" ${open} /><f>${replacement}</f></a>`,
    );
  });

  it('D-59 writes and reads without encryption on request', async () => {
    const clear = parseXml(vectors.keyXml.cookieSharingSample.xml, 'x');
    const stored = writeXml(await encryptSecrets(clear, new NullXmlEncryptor()), 'document');
    expect(stored).toContain(
      `<encryptedSecret decryptorType="${xmlEncryption}.NullXmlDecryptor, Microsoft.AspNetCore.DataProtection, Version=`,
    );
    expect(stored).toContain('<unencryptedKey xmlns="">');
    const back = await decryptSecrets(
      parseXml(stored, 'x'),
      new Map([[`${xmlEncryption}.NullXmlDecryptor`, new NullXmlDecryptor()]]),
    );
    expect(back).toEqual(clear);
  });
});

describe('decryptSecrets', () => {
  const unencrypted = `<unencryptedKey><!-- This key is not encrypted. --><masterKey>${secret}</masterKey></unencryptedKey>`;

  it.each(['e:', 'p4:', ''])('D-4 finds a secret under the prefix "%s"', async (prefix) => {
    const [open, inner] = prefix === '' ? ['xmlns', ' xmlns=""'] : [`xmlns:${prefix.slice(0, -1)}`, ''];
    const text = keyText(
      `<d>${gcm}<${prefix}encryptedSecret ${open}="http://schemas.asp.net/2015/03/dataProtection" decryptorType="${xmlEncryption}.NullXmlDecryptor">` +
        `${unencrypted.replace('<unencryptedKey', `<unencryptedKey${inner}`)}</${prefix}encryptedSecret></d>`,
    );
    expect(await opensWith(text)).toBe(true);
  });

  it('D-59 reads unencryptedKey under the old name too', async () => {
    expect(await opensWith(secretText(`${xmlEncryption}.NullXmlDecryptor, X`, unencrypted))).toBe(true);
    expect(
      await opensWith(secretText('Microsoft.AspNet.DataProtection.XmlEncryption.NullXmlDecryptor', unencrypted)),
    ).toBe(true);
  });

  it('D-59 an unknown decryptor fails the use of its key', async () => {
    const { code, message } = await failure(secretText('My.Decryptor, My', unencrypted));
    expect(code).toBe('UnsupportedDecryptor');
    expect(message).toContain(`The key {${keyId}} cannot be used.`);
    expect(message).toContain('"My.Decryptor, My"');
    expect(message).not.toContain(secret);
  });

  it('takes decryptors of others, by class name', async () => {
    const custom = { 'My.Decryptor, My, Version=1.0.0.0': new NullXmlDecryptor() };
    expect(await opensWith(secretText('My.Decryptor, My, Version=2.0.0.0', unencrypted), { custom })).toBe(true);
  });

  it('does not look for secrets in what was decrypted', async () => {
    const nested = `<unencryptedKey><e:encryptedSecret ${dp} decryptorType="${xmlEncryption}.NullXmlDecryptor">${unencrypted}</e:encryptedSecret></unencryptedKey>`;
    expect(await failure(secretText(`${xmlEncryption}.NullXmlDecryptor`, nested))).toMatchObject({
      code: 'KeyUnreadable',
    });
  });

  it.each(['', '<a/><b/>'])('refuses a secret of not exactly one element: "%s"', async (child) => {
    expect(await failure(secretText(`${xmlEncryption}.NullXmlDecryptor`, child))).toMatchObject({
      code: 'KeyUnreadable',
    });
    expect(
      await failure(secretText(`${xmlEncryption}.NullXmlDecryptor`, `<unencryptedKey>${child}</unencryptedKey>`)),
    ).toMatchObject({ code: 'KeyUnreadable' });
  });
});

describe('what Windows encrypted', () => {
  it('D-45 is recognised: DPAPI', async () => {
    const blob =
      '<encryptedKey><!-- This key is encrypted with Windows DPAPI. --><value>AQAAANCMnd8BFdERjHoAwE/CAAAA</value></encryptedKey>';
    const { code, message } = await failure(secretText(`${xmlEncryption}.DpapiXmlDecryptor, A`, blob));
    expect(code).toBe('KeyEncryptedForWindows');
    expect(message).toContain(`The key {${keyId}} cannot be used. It is encrypted with Windows DPAPI, which`);
    expect(message).toContain('poolhouse keys import');
    expect(message).not.toContain('AQAAANCM');
  });

  it('D-45 is recognised: DPAPI-NG with its rule', async () => {
    const blob =
      '<encryptedKey><!-- This key is encrypted with Windows DPAPI-NG. --><!-- Rule: SID=S-1-5-21-1 OR SDDL=O:S --><value>MIIB</value></encryptedKey>';
    const { code, message } = await failure(secretText(`${xmlEncryption}.DpapiNGXmlDecryptor, A`, blob));
    expect(code).toBe('KeyEncryptedForWindows');
    expect(message).toContain('for the rule "SID=S-1-5-21-1 OR SDDL=O:S"');
  });

  it('D-45 leaves other keys of the ring alone', async () => {
    expect(await opensWith(keyText(`<d>${gcm}<masterKey>${secret}</masterKey></d>`))).toBe(true);
    expect(xmlDecryptors().size).toBe(6);
  });
});
