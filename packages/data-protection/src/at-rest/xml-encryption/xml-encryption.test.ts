import { createCipheriv, constants, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSigned, vectorCertificate } from '../../testing/certificates.ts';
import { keyId, keyText, openingWith } from '../../testing/keys.ts';
import vectors from '../../testing/vectors.json';
import { readKeyElement } from '../../keys/key-element.ts';
import { silentLogger } from '../../logger.ts';
import { childElements, type XmlElement } from '../../xml/element.ts';
import { parseXml } from '../../xml/parse-xml.ts';
import { writeXml } from '../../xml/write-xml.ts';
import { certificateList, thumbprintOf, type Certificate } from '../certificates/certificate.ts';
import { xmlDecryptors } from '../decryptors.ts';
import { decryptSecrets, encryptSecrets } from '../encrypted-secret.ts';
import { CertificateXmlEncryptor } from './certificate-encryptor.ts';
import { EncryptedXmlDecryptor } from './encrypted-xml-decryptor.ts';

const { x509, cookieSharingSample } = vectors.keyXml;
const certificate = vectorCertificate();
const other = selfSigned();
const decryptors = (...certificates: Certificate[]): ReturnType<typeof xmlDecryptors> =>
  xmlDecryptors({ certificates: [certificateList(certificates)] });
const find = (element: XmlElement, name: string): XmlElement[] =>
  childElements(element).flatMap((child) => [...(child.name === name ? [child] : []), ...find(child, name)]);
const decryptor = (...certificates: Certificate[]): EncryptedXmlDecryptor =>
  new EncryptedXmlDecryptor([certificateList(certificates)]);

describe('reading', () => {
  it('D-53 decrypts what the class library wrote', async () => {
    const key = await decryptSecrets(parseXml(x509.encryptedKeyXml, 'x'), decryptors(certificate));
    const [masterKey] = find(key, 'masterKey');
    expect(masterKey).toEqual(parseXml(x509.decryptedElementXml, 'x'));
  });

  it.each(Object.entries(x509.writtenInNodeDecryptedByClassLibrary))(
    'D-54 D-55 decrypts the sample %s',
    async (_, text) => {
      expect(await decryptor(certificate).decrypt(parseXml(text, 'x'))).toEqual(
        parseXml(x509.writtenInNodePlaintext, 'x'),
      );
    },
  );

  const algorithms = [
    ['aes128-cbc', 'aes-128-cbc', 16, 16],
    ['aes192-cbc', 'aes-192-cbc', 24, 16],
    ['aes256-cbc', 'aes-256-cbc', 32, 16],
    ['tripledes-cbc', 'des-ede3-cbc', 24, 8],
  ] as const;
  type Algorithm = readonly [name: string, cipher: string, keyBytes: number, blockBytes: number];

  /** As others may write it; without a number, the padding is PKCS#7. */
  function foreign(
    [name, cipherName, keyBytes, blockBytes]: Algorithm,
    { keyLength = keyBytes, text = '<masterKey>AAAA</masterKey>', padding = undefined as number | undefined } = {},
  ): string {
    const [key, iv] = [randomBytes(keyBytes), randomBytes(blockBytes)];
    const cipher = createCipheriv(cipherName, key, iv).setAutoPadding(padding === undefined);
    const plaintext = Buffer.from(text);
    const filler = Buffer.alloc(padding === undefined ? 0 : blockBytes - (plaintext.length % blockBytes), padding);
    const content = Buffer.concat([iv, cipher.update(plaintext), cipher.update(filler), cipher.final()]);
    const wrapped = publicEncrypt(
      { key: certificate.x509.publicKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.concat([key, Buffer.alloc(32)]).subarray(0, keyLength),
    );
    return (
      '<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#" xmlns:d="http://www.w3.org/2000/09/xmldsig#">' +
      `<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#${name}"/><d:KeyInfo><EncryptedKey>` +
      '<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-1_5"/>' +
      `<d:KeyInfo><d:X509Data><d:X509Certificate>${certificate.x509.raw.toString('base64')}</d:X509Certificate></d:X509Data></d:KeyInfo>` +
      `<CipherData><CipherValue>${wrapped.toString('base64')}</CipherValue></CipherData></EncryptedKey></d:KeyInfo>` +
      `<CipherData><CipherValue>\n ${content.toString('base64').replaceAll(/.{64}/g, '$&\n')} </CipherValue></CipherData></EncryptedData>`
    );
  }

  it.each(algorithms)('D-55 decrypts %s with PKCS#7 padding', async (...algorithm) => {
    const element = await decryptor(certificate).decrypt(parseXml(foreign(algorithm), 'x'));
    expect(element).toEqual(parseXml('<masterKey>AAAA</masterKey>', 'x'));
  });

  const aes = algorithms[2];
  const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
  it.each([
    ['content algorithm', `${xmlenc}aes256-cbc`, `${xmlenc}aes256-gcm`, 'aes256-gcm'],
    ['content algorithm of another namespace', `${xmlenc}aes256-cbc`, 'urn:aes256-cbc', 'urn:aes256-cbc'],
    ['key transport', `${xmlenc}rsa-1_5`, 'http://www.w3.org/2009/xmlenc11#rsa-oaep', 'rsa-oaep'],
  ])('names an unknown %s', async (_, what, instead, named) => {
    const { code, message } = await failure(foreign(aes).replace(what, instead));
    expect(code).toBe('UnsupportedAlgorithm');
    expect(message).toContain(named);
  });

  async function failure(
    text: string,
    ...certificates: Certificate[]
  ): Promise<{ code: string; message: string; cause?: unknown }> {
    const given = certificates.length === 0 ? [certificate] : certificates;
    return decryptor(...given)
      .decrypt(parseXml(text, 'x'))
      .then(
        () => ({ code: 'none', message: '' }),
        (error: unknown) => error as { code: string; message: string; cause?: unknown },
      );
  }

  const rest = /<CipherValue>[^<]*(?=<\/CipherValue><\/CipherData><\/EncryptedKey>)/;
  const content = /<CipherValue>[^<]*(?=<\/CipherValue><\/CipherData><\/EncryptedData>)/;
  it('D-58 gives one error for whatever is broken', async () => {
    const random = (bytes: number): string => `<CipherValue>${randomBytes(bytes).toString('base64')}`;
    const wrappedOf = (block: Buffer): string => {
      const wrapped = publicEncrypt({ key: certificate.x509.publicKey, padding: constants.RSA_NO_PADDING }, block);
      return `<CipherValue>${wrapped.toString('base64')}`;
    };
    const block = Buffer.concat([Buffer.from([0, 2]), Buffer.alloc(221, 5), Buffer.from([0]), Buffer.alloc(32, 6)]);
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(block);
      copy[at] = value;
      return copy;
    };
    const broken = [
      foreign(aes).replace(rest, random(256)),
      foreign(aes).replace(rest, random(255)),
      foreign(aes).replace(rest, random(300)),
      foreign(aes).replace(rest, `<CipherValue>${Buffer.alloc(256, 255).toString('base64')}`),
      foreign(aes).replace(rest, '<CipherValue>'),
      ...[changed(0, 1), changed(1, 1), changed(223, 1), changed(9, 0), changed(100, 0), block].map((it) =>
        foreign(aes).replace(rest, wrappedOf(it)),
      ),
      foreign(aes, { keyLength: 31 }),
      foreign(aes, { keyLength: 33 }),
      foreign(aes).replace(rest, random(256)).replace('rsa-1_5', 'rsa-oaep-mgf1p'),
      foreign(aes).replace('rsa-1_5', 'rsa-oaep-mgf1p'),
      foreign(aes).replace(content, random(48)),
      foreign(aes).replace(content, random(16)),
      foreign(aes).replace(content, random(33)),
      foreign(aes).replace(content, '<CipherValue>'),
      foreign(aes, { padding: 0 }),
      foreign(aes, { padding: 17 }),
      foreign(aes, { text: 'secret' }),
      foreign(aes, { text: '<!DOCTYPE a><a/>' }),
    ];
    const failures = await Promise.all(broken.map((text) => failure(text)));
    const told = new Set(failures.map(({ code, message, cause }) => JSON.stringify([code, message, cause])));
    expect([...told]).toEqual([expect.stringContaining('"KeyUnreadable","It could not be decrypted')]);
  });

  it.each([
    ['no method', /<EncryptionMethod[^>]*>/, 'Its EncryptedData has no EncryptionMethod.'],
    [
      'a reference',
      /<CipherValue>[^]*?<\/CipherValue>/g,
      'Its EncryptedData has no CipherValue; references are not followed.',
    ],
    ['a certificate that is none', /(?<=X509Certificate>)[^<]*/, 'It names a certificate that is none.'],
  ])('refuses %s', async (_, what, message) => {
    expect(await failure(foreign(aes).replace(what, ''))).toMatchObject({ code: 'KeyUnreadable', message });
  });

  it('D-56 needs the private key of the very certificate', async () => {
    const renewed = selfSigned();
    const lookalike: Certificate = { x509: renewed.x509, privateKey: certificate.privateKey };
    const alone: Certificate = { x509: certificate.x509 };
    for (const certificates of [[other], [alone], [lookalike], [alone, other]]) {
      const { code, message } = await failure(foreign(aes), ...certificates);
      expect(code).toBe('DecryptionKeyNotFound');
      expect(message).toContain(
        `Unable to retrieve the decryption key. It is encrypted for the certificate with thumbprint ${x509.sha1Thumbprint}`,
      );
    }
    expect(await failure(foreign(aes).replaceAll('X509Data', 'Other'))).toMatchObject({
      code: 'DecryptionKeyNotFound',
      message: 'Unable to retrieve the decryption key. It names no certificate.',
    });
    const key = readKeyElement(parseXml(x509.encryptedKeyXml.replace('T, A', 'T'), 'x'), openingWith(), silentLogger);
    expect(key.keyId).toBe('0f0e0d0c-0b0a-0908-0706-050403020100');
    await expect(key.createEncryptor()).rejects.toMatchObject({ code: 'DecryptionKeyNotFound' });
  });

  it('takes the entry with a private key among several of one thumbprint, and asks sources in order', async () => {
    const sources = [
      certificateList([{ x509: certificate.x509 }]),
      certificateList([other]),
      certificateList([certificate]),
    ];
    await expect(new EncryptedXmlDecryptor(sources).decrypt(parseXml(foreign(aes), 'x'))).resolves.toBeDefined();
  });

  it('D-57 reads keys of both certificates during a rotation', async () => {
    for (const current of [certificate, other]) {
      const stored = await encryptSecrets(parseXml(cookieSharingSample.xml, 'x'), new CertificateXmlEncryptor(current));
      const [named] = find(stored, 'X509Certificate').map(({ children }) =>
        children[0]?.kind === 'text' ? children[0].text : '',
      );
      expect(thumbprintOf(new X509Certificate(Buffer.from(named ?? '', 'base64')))).toBe(thumbprintOf(current.x509));
      expect(await decryptSecrets(stored, decryptors(other, certificate))).toEqual(
        parseXml(cookieSharingSample.xml, 'x'),
      );
    }
  });
});

describe('writing', () => {
  /** The text with what is random left out. */
  const shape = (text: string): string => text.replaceAll(/(?<=<CipherValue>)[^<]*/g, '').replaceAll(' />', '/>');

  it.each([
    ['rsa-1_5', 'rsa15Iso10126Padding'],
    ['rsa-oaep-mgf1p', 'oaepIso10126Padding'],
  ] as const)('D-54 %s has the structure of the sample, and reads back', async (keyTransport, sample) => {
    const plain = parseXml(x509.writtenInNodePlaintext, 'x');
    const { element, decryptorType } = await new CertificateXmlEncryptor(certificate, { keyTransport }).encrypt(plain);
    expect(shape(writeXml(element, 'line'))).toBe(shape(x509.writtenInNodeDecryptedByClassLibrary[sample]));
    expect(decryptorType).toMatch(/^Microsoft\.AspNetCore\.DataProtection\.XmlEncryption\.EncryptedXmlDecryptor, /);
    expect(await decryptor(certificate).decrypt(element)).toEqual(plain);
  });

  it('D-53 writes a whole key as the class library does', async () => {
    const clear = await decryptSecrets(parseXml(x509.encryptedKeyXml, 'x'), decryptors(certificate));
    const stored = await encryptSecrets(clear, new CertificateXmlEncryptor(certificate));
    expect(shape(writeXml(stored, 'document'))).toBe(shape(x509.encryptedKeyXml));
  });

  it('uses a new key, iv and padding each time', async () => {
    const plain = parseXml('<a/>', 'x');
    const encryptor = new CertificateXmlEncryptor(certificate);
    const texts = await Promise.all(
      [1, 2, 3].map(async () => writeXml((await encryptor.encrypt(plain)).element, 'line')),
    );
    expect(new Set(texts.flatMap((text) => text.match(/<CipherValue>[^<]*/g))).size).toBe(6);
  });

  it('encrypts for RSA of at least 2048 bit only', () => {
    const ec = new X509Certificate(ecCertificate);
    for (const x509 of [ec, selfSigned({ modulusLength: 1024 }).x509]) {
      expect(() => new CertificateXmlEncryptor({ x509 })).toThrow(
        `The certificate with thumbprint ${thumbprintOf(x509)} cannot protect keys: that takes an RSA key of at least 2048 bit.`,
      );
    }
  });

  it('keeps the key listed when its secret cannot be opened', async () => {
    const text = keyText(
      '<d><masterKey p:requiresEncryption="true" xmlns:p="http://schemas.asp.net/2015/03/dataProtection">AAAA</masterKey></d>',
    );
    const stored = await encryptSecrets(parseXml(text, 'x'), new CertificateXmlEncryptor(other));
    expect(readKeyElement(stored, openingWith(), silentLogger).keyId).toBe(keyId);
  });
});

const ecCertificate = `-----BEGIN CERTIFICATE-----
MIIBcDCCARegAwIBAgIUYKj3rz1L/bjo0Wy++Z8FkXYhNDAwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCZWMwIBcNMjYxMTIyMTM0MDU3WhgPMjEyNjEwMjkxMzQwNTda
MA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY6WzXHzi
B/tcd6VEqggO32SYEjT2MtfCtyICT598I322SWo6E2o0vvM+J7glcVF1Ad5X9Ar/
UngEuWYWZaursKNTMFEwHQYDVR0OBBYEFJKy6VT8627FpUl0FMUJMFGn7ldQMB8G
A1UdIwQYMBaAFJKy6VT8627FpUl0FMUJMFGn7ldQMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDRwAwRAIgLoVPjLWTAm5GEU9qFkJxGIna58OeZ+b+bpLvkwdP
QrgCIDP2mTKt+MUwaeH+KbtS2+yF/Xy5RD7QscskEjm/nbah
-----END CERTIFICATE-----
`;
