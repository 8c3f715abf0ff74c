import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import type { RingElement } from '../keeper-job.ts';

/**
 * A ring in a file that may be carried around: JSON around AES-256-GCM, the key from a passphrase by scrypt (RFC 7914).
 * The parameters are fixed by `version`, so that no file can ask for more memory or time.
 */
const format = 'poolhouse-key-ring';
const version = 1;
const cost: ScryptOptions = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
/** Bytes. */
const [saltSize, nonceSize, tagSize, keySize] = [16, 12, 16, 32];

export async function sealArchive(elements: readonly RingElement[], passphrase: string): Promise<string> {
  const [salt, nonce] = [randomBytes(saltSize), randomBytes(nonceSize)];
  const key = await keyOf(passphrase, salt);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagSize });
  cipher.setAAD(Buffer.from(`${format} ${version}`));
  const data = Buffer.concat([cipher.update(JSON.stringify(elements), 'utf8'), cipher.final()]);
  key.fill(0);
  const [saltText, nonceText, tag, content] = [salt, nonce, cipher.getAuthTag(), data].map((bytes) =>
    bytes.toString('base64'),
  );
  return `${JSON.stringify({ format, version, salt: saltText, nonce: nonceText, tag, data: content }, undefined, 2)}\n`;
}

/** Whether a document says of itself that it is one. */
export function isArchive(text: string): boolean {
  return text.trimStart().startsWith('{') && text.slice(0, 200).includes(format);
}

/** @throws Error for another version, a wrong passphrase and a changed file */
export async function openArchive(text: string, passphrase: string): Promise<readonly RingElement[]> {
  const found = fieldsOf(text);
  if (found === undefined) throw new Error('the archive is damaged: it is not what keys export writes');
  if (found.version !== version) throw new Error('the archive was written by a newer Poolhouse');
  const key = await keyOf(passphrase, found.salt);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, found.nonce, { authTagLength: tagSize });
    decipher.setAAD(Buffer.from(`${format} ${version}`));
    decipher.setAuthTag(found.tag);
    const plaintext = Buffer.concat([decipher.update(found.data), decipher.final()]);
    return JSON.parse(plaintext.toString('utf8')) as readonly RingElement[];
  } catch {
    throw new Error('the passphrase is wrong, or the archive was changed');
  } finally {
    key.fill(0);
  }
}

function fieldsOf(text: string) {
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const [salt, nonce, tag, data] = ['salt', 'nonce', 'tag', 'data'].map((name) =>
      Buffer.from(String(value[name]), 'base64'),
    ) as [Buffer, Buffer, Buffer, Buffer];
    const sizes = salt.length === saltSize && nonce.length === nonceSize && tag.length === tagSize;
    return sizes && value['format'] === format ? { version: value['version'], salt, nonce, tag, data } : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
  return derive(passphrase.normalize('NFC'), salt, keySize, cost);
}
