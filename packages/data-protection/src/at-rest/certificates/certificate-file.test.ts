import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned, vectorCertificate } from '../../testing/certificates.ts';
import pfxFiles from '../../testing/pfx-files.json';
import vectors from '../../testing/vectors.json';
import { loadCertificate } from './certificate-file.ts';
import { thumbprintOf } from './certificate.ts';
import { readPfx } from './pfx.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poolhouse-certificates-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const passphrase = 'correct-horse';
const { x509, privateKey } = vectorCertificate();
const thumbprint = vectors.keyXml.x509.sha1Thumbprint;
const certificatePem = x509.toString();
const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('loadCertificate', () => {
  it.each([
    ['one file, certificate first', [certificatePem + keyPem], undefined],
    [
      'one file, key first, with words around',
      [`Key:\n${keyPem}Certificate:\r\n${certificatePem.replaceAll('\n', '\r\n')}`],
      undefined,
    ],
    ['two files', [certificatePem, keyPem], undefined],
    ['a PKCS#1 key', [certificatePem, privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()], undefined],
    [
      'an encrypted PKCS#8 key',
      [
        certificatePem,
        privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
      ],
      passphrase,
    ],
    [
      'an encrypted PKCS#1 key',
      [
        certificatePem,
        privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase }).toString(),
      ],
      passphrase,
    ],
    ['a chain', [selfSigned().x509.toString() + certificatePem, keyPem], undefined],
  ])('reads PEM: %s', async (name, texts, password) => {
    const paths = await Promise.all(
      texts.map((text, index) => file(`${name.replaceAll(/\W/g, '-')}-${index}.pem`, text)),
    );
    const certificate = await loadCertificate(paths, password);
    expect(thumbprintOf(certificate.x509)).toBe(thumbprint);
    expect(certificate.privateKey?.equals(privateKey)).toBe(true);
  });

  it('reads a certificate alone: it encrypts', async () => {
    const certificate = await loadCertificate(await file('alone.crt', certificatePem));
    expect(certificate.privateKey).toBeUndefined();
  });

  const refused = ['nomac', 'iterations'];
  it.each(Object.entries(pfxFiles.files).filter(([name]) => !refused.includes(name)))(
    'reads PFX: %s',
    async (name, { base64, passphrase: password }) => {
      const path = await file(`${name}.pfx`, Buffer.from(base64, 'base64'));
      const certificate = await loadCertificate(path, password === '' ? undefined : password);
      expect(thumbprintOf(certificate.x509)).toBe(thumbprint);
      expect(certificate.privateKey?.equals(privateKey)).toBe(true);
      if (password === '') return;
      await expect(loadCertificate(path, 'wrong')).rejects.toThrow(
        `${path} cannot be read: the passphrase is wrong, or the file is damaged.`,
      );
    },
  );

  it('reads a PFX file without MAC', async () => {
    const path = await file('nomac.pfx', Buffer.from(pfxFiles.files.nomac.base64, 'base64'));
    expect((await loadCertificate(path, passphrase)).privateKey?.equals(privateKey)).toBe(true);
    await expect(loadCertificate(path, 'wrong')).rejects.toThrow('the passphrase is wrong');
  });

  it('refuses a PFX file that would take long', async () => {
    const path = await file('iterations.pfx', Buffer.from(pfxFiles.files.iterations.base64, 'base64'));
    await expect(loadCertificate(path, passphrase)).rejects.toThrow('takes more than 300000 iterations');
  });

  const damage = Buffer.from(pfxFiles.files['openssl-3'].base64, 'base64');
  it.each([1, 10, 60, 200, 1500, damage.length - 100, damage.length - 1])(
    'refuses a PFX file changed at %i',
    async (at) => {
      const changed = Buffer.from(damage);
      changed[at] = (changed[at] as number) ^ 0x55;
      await expect(readPfx(changed, 'x.pfx', passphrase)).rejects.toThrow(/^x\.pfx cannot be read: /);
      await expect(readPfx(damage.subarray(0, at), 'x.pfx', passphrase)).rejects.toThrow(/^x\.pfx cannot be read: /);
    },
  );

  it.each([
    ['no certificate', keyPem, undefined, 'no certificate in there'],
    ['nothing', '', undefined, 'no certificate in there'],
    [
      'a certificate cut off',
      certificatePem.replace('MIID', 'MIIE'),
      undefined,
      'holds a certificate that cannot be read',
    ],
    [
      'another key',
      certificatePem +
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      undefined,
      'the private key does not belong to the certificate',
    ],
    [
      'an encrypted key without passphrase',
      certificatePem +
        privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
      undefined,
      'is encrypted: give its passphrase',
    ],
    [
      'an encrypted PKCS#1 key without passphrase',
      certificatePem +
        privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase }).toString(),
      undefined,
      'is encrypted: give its passphrase',
    ],
    [
      'a wrong passphrase',
      certificatePem +
        privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
      'wrong',
      'the passphrase is wrong or its encryption is not supported',
    ],
    [
      'a key that is none',
      `${certificatePem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`,
      undefined,
      'it is not a private key',
    ],
  ])('refuses a file with %s and names it', async (name, text, password, message) => {
    const path = await file(`${name.replaceAll(/\W/g, '-')}.pem`, text);
    const fault = await loadCertificate(path, password).catch((error: unknown) => (error as Error).message);
    expect(fault).toContain(path);
    expect(fault).toContain(message);
    expect(fault).not.toContain(passphrase);
  });

  it('finds its way through blocks without end', async () => {
    const open = '-----BEGIN CERTIFICATE-----\n'.repeat(20_000);
    const certificate = await loadCertificate(await file('open.pem', open + certificatePem));
    expect(thumbprintOf(certificate.x509)).toBe(thumbprint);
  });

  it('refuses what is not there or too large', async () => {
    await expect(loadCertificate(join(folder, 'missing.pem'))).rejects.toThrow('missing.pem cannot be read: ENOENT.');
    await expect(loadCertificate(await file('large.pem', Buffer.alloc(1024 * 1024 + 1)))).rejects.toThrow(
      'is larger than',
    );
  });
});
