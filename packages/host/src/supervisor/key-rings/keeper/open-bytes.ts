import type { Certificate } from '@poolhouse/data-protection';
import { openCertificate } from '@poolhouse/data-protection/administration';
import type { CertificateBytes } from '../keeper-job.ts';

/** @throws CertificateError */
export function openBytes({ files, passphrase }: CertificateBytes): Promise<Certificate> {
  const contents = files.map(({ path, base64 }) => ({ path, bytes: Buffer.from(base64, 'base64') }));
  return openCertificate(contents, passphrase);
}
