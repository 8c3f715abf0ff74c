import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';
import type { PemContent } from './pem.ts';
import { Asn1Reader, type Asn1Node, type Forge } from './asn1.ts';
import { PfxPassword } from './pfx-password.ts';

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
} as const;

/**
 * Reads a PFX file (PKCS#12, RFC 7292) as Windows, .NET and OpenSSL write them.
 *
 *   1. check the file's MAC, which tells a wrong passphrase from a damaged file
 *   2. decrypt each part of it that is encrypted
 *   3. take certificates and private keys out; other things in it do not matter
 *
 * @param passphrase none and the empty one are the same here, though not in the format
 * @throws CertificateError
 */
export async function readPfx(bytes: Uint8Array, origin: string, passphrase = ''): Promise<PemContent> {
  // The one thing that Node.js cannot do itself; most rings never need it.
  const forge: Forge = (await import('node-forge')).default;
  try {
    return readPfxWith(forge, bytes, passphrase);
  } catch (error) {
    const why = error instanceof CertificateError ? error.message : 'it is not a PFX file or it is damaged.';
    throw new CertificateError(`${origin} cannot be read: ${why}`);
  }
}

function readPfxWith(forge: Forge, bytes: Uint8Array, passphrase: string): PemContent {
  const asn1 = new Asn1Reader(forge);
  const [, authenticatedSafe, macData] = asn1.sequence(asn1.parse(bytes));
  const safe = asn1.octets(asn1.explicit(asn1.contentOf(authenticatedSafe, oids.data)));
  const password = PfxPassword.verified(forge, asn1, passphrase, macData, safe);

  const content = { certificates: [] as X509Certificate[], privateKeys: [] as PemContent['privateKeys'][number][] };
  for (const part of asn1.sequence(asn1.parse(safe))) {
    for (const bag of asn1.sequence(asn1.parse(decrypted(asn1, part, password)))) {
      const [type, wrapped] = asn1.sequence(bag);
      const value = asn1.explicit(wrapped);
      switch (asn1.oid(type)) {
        case oids.keyBag:
          content.privateKeys.push(privateKeyFrom(asn1.encode(value)));
          break;
        case oids.shroudedKeyBag: {
          const [algorithm, encrypted] = asn1.sequence(value);
          content.privateKeys.push(privateKeyFrom(password.decrypt(algorithm, asn1.octets(encrypted))));
          break;
        }
        case oids.certificateBag: {
          const [kind, certificate] = asn1.sequence(value);
          if (asn1.oid(kind) !== oids.x509Certificate) break;
          content.certificates.push(new X509Certificate(asn1.octets(asn1.explicit(certificate))));
          break;
        }
        default:
      }
    }
  }
  return content;
}

function decrypted(asn1: Asn1Reader, part: Asn1Node, password: PfxPassword): Buffer {
  const [type, wrapped] = asn1.sequence(part);
  if (asn1.oid(type) === oids.data) return asn1.octets(asn1.explicit(wrapped));
  if (asn1.oid(type) !== oids.encryptedData) {
    throw new CertificateError('a part of it is encrypted for a certificate, not with a passphrase.');
  }
  const [, encryptedContent] = asn1.sequence(asn1.explicit(wrapped));
  const [, algorithm, content] = asn1.sequence(encryptedContent);
  return password.decrypt(algorithm, asn1.octets(content));
}

function privateKeyFrom(pkcs8: Buffer): PemContent['privateKeys'][number] {
  try {
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } finally {
    pkcs8.fill(0);
  }
}
