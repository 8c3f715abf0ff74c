import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import type { Asn1Node, Asn1Reader, Forge } from './asn1.ts';
import { CertificateError } from './certificate-error.ts';

/** .NET's limits (`Pkcs12LoaderLimits`): no file may keep us busy for longer. */
const mostIterations = 300_000;
const mostIterationsTogether = 1_000_000;

type Digest = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const digests: ReadonlyMap<string, { readonly name: Digest; readonly bytes: number }> = new Map([
  ['1.3.14.3.2.26', { name: 'sha1', bytes: 20 }],
  ['2.16.840.1.101.3.4.2.1', { name: 'sha256', bytes: 32 }],
  ['2.16.840.1.101.3.4.2.2', { name: 'sha384', bytes: 48 }],
  ['2.16.840.1.101.3.4.2.3', { name: 'sha512', bytes: 64 }],
]);
const pseudoRandomFunctions: ReadonlyMap<string, Digest> = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
]);
const ciphers: ReadonlyMap<string, { readonly name: string; readonly keyBytes: number }> = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', keyBytes: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', keyBytes: 24 }],
  ['2.16.840.1.101.3.4.1.42', { name: 'aes-256-cbc', keyBytes: 32 }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', keyBytes: 24 }],
]);
const pbkdf2 = '1.2.840.113549.1.5.12';
const pbes2 = '1.2.840.113549.1.5.13';
const sha1TripleDes = '1.2.840.113549.1.12.1.3';
// What Windows encrypted certificates with until 2019; OpenSSL 3, and so Node.js, no longer has RC2.
const sha1Rc2: ReadonlyMap<string, number> = new Map([
  ['1.2.840.113549.1.12.1.5', 16],
  ['1.2.840.113549.1.12.1.6', 5],
]);

/** Purposes in PKCS#12's own key derivation, RFC 7292 appendix B. */
const forKey = 1;
const forIv = 2;
const forMac = 3;

/** The passphrase of a PFX file, and what is derived from it. */
export class PfxPassword {
  readonly #forge: Forge;
  readonly #asn1: Asn1Reader;
  /** Null is no passphrase, which the older derivation tells from the empty one. */
  readonly #passphrase: string | null;
  #iterationsLeft = mostIterationsTogether;

  private constructor(forge: Forge, asn1: Asn1Reader, passphrase: string | null) {
    this.#forge = forge;
    this.#asn1 = asn1;
    this.#passphrase = passphrase;
  }

  /** @param macData absent in files that have no MAC */
  static verified(
    forge: Forge,
    asn1: Asn1Reader,
    passphrase: string,
    macData: Asn1Node | undefined,
    content: Uint8Array,
  ): PfxPassword {
    for (const candidate of passphrase === '' ? ['', null] : [passphrase]) {
      const password = new PfxPassword(forge, asn1, candidate);
      if (macData === undefined || password.#verifies(macData, content)) return password;
    }
    throw new CertificateError('the passphrase is wrong, or the file is damaged.');
  }

  /** @throws CertificateError for an encryption that is not supported */
  decrypt(algorithm: Asn1Node | undefined, encrypted: Uint8Array): Buffer {
    const [oidNode, parameters] = this.#asn1.sequence(algorithm);
    const oid = this.#asn1.oid(oidNode);
    if (oid === pbes2) return this.#decryptPbes2(parameters, encrypted);
    const [salt, iterationCount] = this.#asn1.sequence(parameters);
    const derive = (purpose: number, bytes: number): Buffer =>
      this.#derive(salt, purpose, this.#iterations(iterationCount), bytes, 'sha1');
    if (oid === sha1TripleDes) return decipher('des-ede3-cbc', derive(forKey, 24), derive(forIv, 8), encrypted);
    const rc2Bytes = sha1Rc2.get(oid);
    if (rc2Bytes === undefined) throw new CertificateError(`its encryption ${oid} is not supported.`);
    return this.#decryptRc2(derive(forKey, rc2Bytes), derive(forIv, 8), encrypted);
  }

  #verifies(macData: Asn1Node, content: Uint8Array): boolean {
    const [digestInfo, salt, iterationCount] = this.#asn1.sequence(macData);
    const [algorithm, expected] = this.#asn1.sequence(digestInfo);
    const oid = this.#asn1.oid(this.#asn1.sequence(algorithm)[0]);
    const digest = digests.get(oid);
    if (digest === undefined)
      throw new CertificateError(`its MAC ${oid} is not supported; write it with -macalg sha256.`);
    const iterations = iterationCount === undefined ? 1 : this.#iterations(iterationCount);
    const key = this.#derive(salt, forMac, iterations, digest.bytes, digest.name);
    const actual = createHmac(digest.name, key).update(content).digest();
    const wanted = this.#asn1.octets(expected);
    return actual.length === wanted.length && timingSafeEqual(actual, wanted);
  }

  #decryptPbes2(parameters: Asn1Node | undefined, encrypted: Uint8Array): Buffer {
    const [derivation, scheme] = this.#asn1.sequence(parameters);
    const [derivationOid, derivationParameters] = this.#asn1.sequence(derivation);
    const [salt, iterationCount, ...optional] = this.#asn1.sequence(derivationParameters);
    const functionNode = optional.find((node) => !this.#asn1.isInteger(node));
    const functionOid = functionNode === undefined ? undefined : this.#asn1.oid(this.#asn1.sequence(functionNode)[0]);
    const digest = functionOid === undefined ? 'sha1' : pseudoRandomFunctions.get(functionOid);
    const [schemeOid, iv] = this.#asn1.sequence(scheme);
    const cipher = ciphers.get(this.#asn1.oid(schemeOid));
    if (this.#asn1.oid(derivationOid) !== pbkdf2 || digest === undefined || cipher === undefined) {
      const names = [derivationOid, schemeOid].map((node) => this.#asn1.oid(node));
      throw new CertificateError(`its encryption ${[...names, functionOid ?? ''].join(' ').trim()} is not supported.`);
    }
    const iterations = this.#iterations(iterationCount);
    const key = pbkdf2Sync(this.#passphrase ?? '', this.#asn1.octets(salt), iterations, cipher.keyBytes, digest);
    return decipher(cipher.name, key, this.#asn1.octets(iv), encrypted);
  }

  #decryptRc2(key: Buffer, iv: Buffer, encrypted: Uint8Array): Buffer {
    const cipher = this.#forge.rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8);
    cipher.start(iv.toString('latin1'));
    cipher.update(this.#forge.util.createBuffer(Buffer.from(encrypted).toString('latin1')));
    if (!cipher.finish()) throw new CertificateError('the passphrase is wrong, or the file is damaged.');
    return Buffer.from(cipher.output.getBytes(), 'latin1');
  }

  #derive(salt: Asn1Node | undefined, purpose: number, iterations: number, bytes: number, digest: Digest): Buffer {
    const { util, md, pkcs12 } = this.#forge;
    const saltBytes = util.createBuffer(this.#asn1.octets(salt).toString('latin1'));
    const derived = pkcs12.generateKey(this.#passphrase, saltBytes, purpose, iterations, bytes, md[digest].create());
    return Buffer.from(derived.getBytes(), 'latin1');
  }

  #iterations(node: Asn1Node | undefined): number {
    const iterations = this.#asn1.integer(node);
    this.#iterationsLeft -= iterations;
    if (iterations < 1 || iterations > mostIterations || this.#iterationsLeft < 0) {
      throw new CertificateError(`deriving its keys takes more than ${mostIterations} iterations.`);
    }
    return iterations;
  }
}

function decipher(name: string, key: Buffer, iv: Uint8Array, encrypted: Uint8Array): Buffer {
  try {
    const cipher = createDecipheriv(name, key, iv);
    return Buffer.concat([cipher.update(encrypted), cipher.final()]);
  } catch {
    throw new CertificateError('the passphrase is wrong, or the file is damaged.');
  } finally {
    key.fill(0);
  }
}
