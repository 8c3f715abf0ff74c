import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CertificateXmlEncryptor, NullXmlEncryptor, type DataProtectionOptions } from '@poolhouse/data-protection';
import { describe, expect, it } from 'vitest';

import { scratchFile } from '../harness/scratch-file.ts';
import type { Application, ApplicationOptions, Batch } from './application.ts';
import { hasSdk } from './aspnetcore.ts';
import { sharedCertificates } from './certificates.ts';
import { keyIdOf } from './key-id.ts';
import { load } from './nodejs.ts';
import { bothWays, sharedSides, startNode } from './sides.ts';

const purposes = ['at rest'];
const item = Buffer.from('some text').toString('base64');
const clear: Batch = { purposes, items: [item] };

describe.skipIf(!hasSdk)('keys encrypted at rest', () => {
  const sides = sharedSides();
  const certificates = sharedCertificates('older', 'current', 'other');

  const ring = () => ({ directory: scratchFile('keys'), applicationName: 'at rest' });

  describe.each(bothWays)('by %s for a certificate, opened by %s', (writer, reader) => {
    it.each(['AES_256_CBC', 'AES_256_GCM'])(
      'D-53 D-54 %s, the certificate as PFX and as PEM file',
      async (encryption) => {
        const shared = { ...ring(), encryption };
        const from = await sides.start(writer, { ...shared, certificate: certificates.current.pfx });
        expect(textOf(shared.directory)).not.toContain('<masterKey');
        const to = await sides.start(reader, { ...shared, olderCertificates: [certificates.current.pem] });
        await expectToShare(from, to);
        expect(keyIdOf(await to.protect(clear))).toBe(keyIdOf(await from.protect(clear)));
      },
    );

    it('D-57 for an older certificate, when there is a current one', async () => {
      const shared = ring();
      const old = await sides.start(writer, { ...shared, certificate: certificates.older.pfx });
      const olderCertificates = [certificates.older.pfx];
      const both = { ...shared, certificate: certificates.current.pfx, olderCertificates };
      const to = await sides.start(reader, both);
      await expectToShare(old, to);
      // Revoked, so that the next key is made by the reader, for the current certificate.
      await old.revokeKey(keyIdOf(await old.protect(clear)));
      const anew = await sides.start(reader, both);
      const payload = { purposes, items: await anew.protect(clear) };
      const again = await sides.start(writer, { ...shared, certificate: certificates.current.pem, olderCertificates });
      expect(await again.unprotect(payload)).toMatchObject([{ value: item }]);
      expect((await again.keys()).map(({ error }) => error ?? null)).toEqual([null, null]);
    });

    it('D-56 without its certificate the key is listed, not used, and another takes its place', async () => {
      const shared = ring();
      const from = await sides.start(writer, { ...shared, certificate: certificates.current.pfx });
      const closed = { purposes, items: await from.protect(clear) };
      const wrong = await sides.start(reader, { ...shared, certificate: certificates.other.pfx });
      expect((await wrong.unprotect(closed))[0]?.error).toMatch(
        /^The provided payload could not be decrypted|decryption key/,
      );
      const keys = await wrong.keys();
      expect(keys.find(({ id }) => id === keyIdOf(closed.items))?.error).toMatch(
        /Unable to retrieve the decryption key/,
      );
      expect(keys).toHaveLength(2);
      expect(keyIdOf(await wrong.protect(clear))).not.toBe(keyIdOf(closed.items));
    });
  });

  const more: [string, () => Promise<DataProtectionOptions>, ApplicationOptions][] = [
    [
      'with OAEP',
      async () => ({
        encryptor: new CertificateXmlEncryptor(await load(certificates.current.pem), {
          keyTransport: 'rsa-oaep-mgf1p',
        }),
        decryptionCertificates: [await load(certificates.current.pem)],
      }),
      { olderCertificates: [certificates.current.pfx] },
    ],
    ['by no encryption at all', () => Promise.resolve({ encryptor: new NullXmlEncryptor() }), {}],
  ];
  it.each(more)('D-54 D-59 by Node.js %s, opened by ASP.NET Core', async (_, options, opening) => {
    const shared = ring();
    const node = await startNode(shared, await options());
    const aspNetCore = await sides.start('ASP.NET Core', { ...shared, ...opening });
    await expectToShare(node, aspNetCore);
    expect(readdirSync(shared.directory)).toHaveLength(1);
  });
});

async function expectToShare(one: Application, other: Application): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(await to.unprotect({ purposes, items: await from.protect(clear) })).toMatchObject([{ value: item }]);
  }
}

/** Of all files together. */
function textOf(directory: string): string {
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n');
}
