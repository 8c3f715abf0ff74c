import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

/** A PFX file with its password, or a PEM file with that of its key. */
export interface CertificateFile {
  readonly file: string;
  readonly key?: string;
  readonly password?: string;
}

const password = 'secret';

/** One RSA certificate in both forms. */
export interface CertificateFiles {
  readonly pem: CertificateFile;
  readonly pfx: CertificateFile;
}

/** Certificates for the tests of a `describe`, by name. */
export function sharedCertificates<const N extends string>(
  ...names: readonly N[]
): Readonly<Record<N, CertificateFiles>> {
  const folder = mkdtempSync(join(tmpdir(), 'poolhouse-certificates-'));
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  beforeAll(() => {
    for (const name of names) {
      const [key, pem, pfx] = ['key', 'pem', 'pfx'].map((kind) => `${name}.${kind}`) as [string, string, string];
      openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', pem, '-subj', `/CN=${name}`);
      openssl('pkcs12', '-export', '-inkey', key, '-in', pem, '-out', pfx, '-passout', `pass:${password}`);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const filesOf = (name: N): CertificateFiles => ({
    pem: { file: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) },
    pfx: { file: join(folder, `${name}.pfx`), password },
  });
  return Object.fromEntries(names.map((name) => [name, filesOf(name)])) as Record<N, CertificateFiles>;
}
