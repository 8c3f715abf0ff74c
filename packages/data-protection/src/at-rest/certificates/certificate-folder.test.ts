import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../logger.ts';
import { selfSigned } from '../../testing/certificates.ts';
import pfxFiles from '../../testing/pfx-files.json';
import vectors from '../../testing/vectors.json';
import { CertificateFolder, dotnetUserStore } from './certificate-folder.ts';
import { thumbprintOf } from './certificate.ts';

let home: string;
let warnings: string[];
const logger: Logger = {
  error: () => {},
  warn: (message) => void warnings.push(message),
  info: () => {},
  debug: () => {},
};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'poolhouse-folder-'));
  warnings = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

const vectorThumbprint = vectors.keyXml.x509.sha1Thumbprint;
const certificate = selfSigned();
const pem = certificate.x509.toString();
const keyPem = certificate.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const thumbprint = thumbprintOf(certificate.x509);

describe('CertificateFolder', () => {
  it('finds by thumbprint, and the key wherever it lies', async () => {
    await writeFile(join(home, 'one.crt'), pem);
    await writeFile(join(home, 'two.key'), keyPem);
    await writeFile(join(home, 'three.pfx'), Buffer.from(pfxFiles.files['dotnet-aes'].base64, 'base64'));
    const folder = new CertificateFolder(home, { passphrase: 'correct-horse', logger });
    expect((await folder.find(thumbprint))[0]?.privateKey?.equals(certificate.privateKey)).toBe(true);
    expect((await folder.find(vectorThumbprint))[0]?.privateKey).toBeDefined();
    expect(await folder.find('0'.repeat(40))).toEqual([]);
  });

  it('reads the store of a .NET user', async () => {
    await mkdir(dotnetUserStore(home), { recursive: true });
    const file = join(dotnetUserStore(home), `${vectorThumbprint}.pfx`);
    await writeFile(file, Buffer.from(pfxFiles.files['dotnet-store'].base64, 'base64'));
    const folder = new CertificateFolder(dotnetUserStore(home), { logger });
    expect((await folder.find(vectorThumbprint))[0]?.privateKey).toBeDefined();
  });

  it('notices a file of the same size and time whose content, or permission to read it, is new', async () => {
    const folder = new CertificateFolder(home, { logger });
    const file = join(home, 'a.pem');
    const time = new Date('2026-01-01T00:00:00Z');
    await writeFile(file, 'x'.repeat(pem.length));
    await utimes(file, time, time);
    expect(await folder.find(thumbprint)).toEqual([]);
    const { ctimeMs } = await stat(file);
    await writeFile(file, pem);
    // The system's clock for files goes in steps of some milliseconds.
    do await utimes(file, time, time);
    while ((await stat(file)).ctimeMs === ctimeMs);
    expect(await folder.find(thumbprint)).toHaveLength(1);
  });

  it('passes over what is no file, or too large, and tells it', async () => {
    await writeFile(join(home, 'a.pem'), pem);
    execFileSync('mkfifo', [join(home, 'b.pem')]);
    await symlink('/dev/zero', join(home, 'c.pem'));
    await writeFile(join(home, 'd.pem'), '');
    await truncate(join(home, 'd.pem'), 1024 * 1024 + 1);
    expect(await new CertificateFolder(home, { logger }).find(thumbprint)).toHaveLength(1);
    expect(warnings.sort()).toEqual([
      `${join(home, 'b.pem')} is not a file.`,
      `${join(home, 'c.pem')} is not a file.`,
      `${join(home, 'd.pem')} is larger than 1048576 bytes.`,
    ]);
  });

  it('notices files that come, change and go', async () => {
    const folder = new CertificateFolder(home, { logger });
    const file = join(home, 'a.pem');
    expect(await folder.find(thumbprint)).toEqual([]);
    await writeFile(file, pem);
    expect(await folder.find(thumbprint)).toHaveLength(1);
    await writeFile(file, pem + keyPem);
    expect((await folder.find(thumbprint))[0]?.privateKey).toBeDefined();
    await rm(file);
    expect(await folder.find(thumbprint)).toEqual([]);
  });

  it('tells a file that cannot be read once, and reads the others', async () => {
    await writeFile(join(home, 'bad.pfx'), Buffer.from('3000', 'hex'));
    await writeFile(join(home, 'good.pem'), pem);
    await writeFile(join(home, 'README'), '-----BEGIN CERTIFICATE-----');
    const folder = new CertificateFolder(home, { logger });
    expect(await folder.find(thumbprint)).toHaveLength(1);
    expect(await folder.find(thumbprint)).toHaveLength(1);
    expect(warnings).toEqual([`${join(home, 'bad.pfx')} cannot be read: it is not a PFX file or it is damaged.`]);
    await utimes(join(home, 'bad.pfx'), 1, 1);
    await folder.find(thumbprint);
    expect(warnings).toHaveLength(2);
  });

  it('is empty when it is not there, and says so when it is no folder', async () => {
    expect(await new CertificateFolder(join(home, 'missing'), { logger }).find(thumbprint)).toEqual([]);
    await writeFile(join(home, 'file'), '');
    await expect(new CertificateFolder(join(home, 'file'), { logger }).find(thumbprint)).rejects.toThrow(
      'cannot be read: ENOTDIR',
    );
  });

  it('gives only a valid certificate for new keys', async () => {
    await writeFile(join(home, 'a.pem'), pem);
    const folder = new CertificateFolder(home, { logger });
    const spelled = `\u200e${thumbprint.toLowerCase().replaceAll(/(..)(?=.)/g, '$1 ')}`;
    expect(thumbprintOf((await folder.forEncryption(spelled, new Date('2030-01-01'))).x509)).toBe(thumbprint);
    for (const now of ['2025-12-31', '2046-01-02']) {
      await expect(folder.forEncryption(thumbprint, new Date(now))).rejects.toThrow(
        'new keys need one that is valid now',
      );
    }
    await expect(folder.forEncryption('00', new Date('2030-01-01'))).rejects.toThrow(
      `No certificate with thumbprint 00 in ${home}`,
    );
  });
});
