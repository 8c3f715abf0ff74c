import type { FileReader } from '../activation/reading/file-reader.ts';
import type { CertificateSettings, SharedRingSettings, SharedStore } from '../activation/revision.ts';
import type { CertificateBytes, KeeperJob, RingPlace } from './keeper-job.ts';

/** Everything of a job but what is to be done. */
export type RingMaterial = Omit<KeeperJob, 'action'>;

/** Bytes; a certificate with its chain has a few thousand. */
const fileLimit = 1024 * 1024;

/**
 * Reads what a keeper cannot read itself: certificates, passphrases, connections. Nothing of it is looked at.
 *
 * @param files of this process: as root only what root alone can have written
 * @throws Error that names the file, and nothing of its content
 */
export async function ringMaterial(
  store: SharedStore,
  settings: SharedRingSettings,
  files: Pick<FileReader, 'read'>,
): Promise<RingMaterial> {
  const { certificate, olderCertificates, keyLifetimeMs, autoGenerate, name } = settings;
  const place: RingPlace =
    store === 'Folder'
      ? { store, path: settings.path, local: false }
      : {
          ...{ store, name },
          connection: settings.connection || (await readLine(settings.connectionFile, files)),
        };
  return {
    ...{ place, autoGenerate },
    ...(keyLifetimeMs === undefined ? {} : { keyLifetimeDays: keyLifetimeMs / 86_400_000 }),
    ...(certificate === undefined ? {} : { certificate: await readCertificate(certificate, files) }),
    olderCertificates: await Promise.all(olderCertificates.map((each) => readCertificate(each, files))),
  };
}

export async function readCertificate(
  { path, keyPath, passphraseFile }: CertificateSettings,
  files: Pick<FileReader, 'read'>,
): Promise<CertificateBytes> {
  const paths = keyPath === undefined ? [path] : [path, keyPath];
  return {
    files: await Promise.all(
      paths.map(async (each) => ({ path: each, base64: Buffer.from(await read(each, files)).toString('base64') })),
    ),
    ...(passphraseFile === undefined ? {} : { passphrase: await readLine(passphraseFile, files) }),
  };
}

/** The first line: what editors put behind it does not count. */
async function readLine(path: string, files: Pick<FileReader, 'read'>): Promise<string> {
  const text = Buffer.from(await read(path, files)).toString('utf8');
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new Error(`${path} has an empty first line`);
  return line;
}

async function read(path: string, files: Pick<FileReader, 'read'>): Promise<Uint8Array> {
  const content = await files.read(path);
  if (content === undefined) throw new Error(`${path} does not exist`);
  if (content.bytes.length > fileLimit) throw new Error(`${path} is larger than ${fileLimit} bytes`);
  return content.bytes;
}
