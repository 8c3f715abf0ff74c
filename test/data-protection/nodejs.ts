import {
  DataProtectionProvider,
  loadCertificate,
  type Algorithms,
  type Certificate,
  type DataProtectionOptions,
  type Logger,
  type ManagedAlgorithms,
  type TimeLimitedDataProtector,
} from '@poolhouse/data-protection';

import { day, ticksOf, type Application, type ApplicationOptions, type Batch } from './application.ts';
import type { KeyFacts, Outcome } from './application.ts';
import type { CertificateFile } from './certificates.ts';

type StoredKey = Awaited<ReturnType<DataProtectionProvider['keyManager']['getAllKeys']>>[number];

/** The same in this process, over the package as it is published. */
export class NodeApplication implements Application, Disposable {
  readonly provider: DataProtectionProvider;

  constructor(provider: DataProtectionProvider) {
    this.provider = provider;
  }

  protect({ purposes, text = false, items }: Batch): Promise<string[]> {
    const protector = this.provider.createProtector(purposes);
    return Promise.all(
      items.map(async (item) => (text ? protector.protect(item) : toBase64(await protector.protect(toBytes(item))))),
    );
  }

  unprotect({ purposes, text = false, items }: Batch): Promise<Outcome[]> {
    const protector = this.provider.createProtector(purposes);
    return each(items, async (item) => ({
      value: text ? await protector.unprotect(item) : toBase64(await protector.unprotect(toBytes(item))),
    }));
  }

  protectForTime({ text = false, items, expiration, ...batch }: Batch): Promise<string[]> {
    const protector = this.#timeLimited(batch.purposes);
    const lifetime = expiration === undefined ? {} : { expiration };
    return Promise.all(
      items.map(async (item) =>
        text ? protector.protect(item, lifetime) : toBase64(await protector.protect(toBytes(item), lifetime)),
      ),
    );
  }

  unprotectForTime({ purposes, text = false, items }: Batch): Promise<Outcome[]> {
    const protector = this.#timeLimited(purposes);
    return each(items, async (item) => {
      if (text) {
        const { plaintext, expiration } = await protector.unprotectWithExpiration(item);
        return { value: plaintext, expiration: expiration?.getTime() ?? null };
      }
      const { plaintext, expiration } = await protector.unprotectWithExpiration(toBytes(item));
      return { value: toBase64(plaintext), expiration: expiration?.getTime() ?? null };
    });
  }

  dangerousUnprotect({ purposes, items }: Batch): Promise<Outcome[]> {
    const protector = this.provider.createProtector(purposes);
    return each(items, async (item) => {
      const { plaintext, ...facts } = await protector.dangerousUnprotect(toBytes(item), true);
      return { value: toBase64(plaintext), ...facts };
    });
  }

  async keys(): Promise<KeyFacts[]> {
    return Promise.all((await this.provider.keyManager.getAllKeys()).map(factsOf));
  }

  async createKey({ activation = new Date(), expiration = new Date(Date.now() + 90 * day) } = {}): Promise<KeyFacts> {
    return factsOf(await this.provider.keyManager.createNewKey(ticksOf(activation), ticksOf(expiration)));
  }

  revokeKey(id: string): Promise<void> {
    return this.provider.keyManager.revokeKey(id, 'for a test');
  }

  revokeKeys(before: bigint): Promise<void> {
    return this.provider.keyManager.revokeAllKeys(before, 'for a test');
  }

  [Symbol.dispose](): void {
    this.provider[Symbol.dispose]();
  }

  #timeLimited(purposes: readonly string[]): TimeLimitedDataProtector {
    return this.provider.createProtector(purposes).toTimeLimitedDataProtector();
  }
}

async function factsOf(key: StoredKey): Promise<KeyFacts> {
  const error = await key.createEncryptor().then(
    () => null,
    (reason: Error) => `${reason.name}: ${reason.message}`,
  );
  const { creationDate: created, activationDate: activates, expirationDate: expires } = key;
  return { id: key.keyId, created, activates, expires, revoked: key.isRevoked, error };
}

function each(items: readonly string[], open: (item: string) => Promise<Outcome>): Promise<Outcome[]> {
  return Promise.all(items.map((item) => open(item).catch((error: Error) => ({ error: error.message }))));
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const toBytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** Its keys are loaded, or made, with the first use. */
export async function openNode(
  options: ApplicationOptions,
  more: DataProtectionOptions = {},
): Promise<NodeApplication> {
  const { applicationName, autoGenerateKeys = true, certificate, directory, olderCertificates = [] } = options;
  const algorithms = algorithmsOf(options);
  const provider = DataProtectionProvider.create({
    logger: silent,
    autoGenerateKeys,
    preload: false,
    ...(applicationName === undefined ? {} : { applicationName }),
    ...(directory === undefined ? {} : { keyDirectory: directory }),
    ...(algorithms === undefined ? {} : { algorithms }),
    ...(certificate === undefined ? {} : { certificate: await load(certificate) }),
    decryptionCertificates: await Promise.all(olderCertificates.map(load)),
    ...more,
  });
  return new NodeApplication(provider);
}

function algorithmsOf({ encryption, family, keySize = 256, validation }: ApplicationOptions) {
  if (family === 'managed') {
    return { encryption: 'Aes', keyLength: keySize, validation: validation ?? 'HMACSHA256' } as ManagedAlgorithms;
  }
  if (encryption === undefined) return undefined;
  return (validation === undefined ? { encryption } : { encryption, validation }) as Algorithms;
}

export function load({ file, key, password }: CertificateFile): Promise<Certificate> {
  return loadCertificate(key === undefined ? file : [file, key], password);
}

const silent: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
