import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateList } from '../at-rest/certificates/certificate.ts';
import { CertificateFiles, CertificateFilesXmlEncryptor } from '../at-rest/certificates/certificate-files.ts';
import { xmlDecryptors } from '../at-rest/decryptors.ts';
import type { XmlDecryptors } from '../at-rest/encrypted-secret.ts';
import type { XmlEncryptor } from '../at-rest/encryption-at-rest.ts';
import { CertificateXmlEncryptor } from '../at-rest/xml-encryption/certificate-encryptor.ts';
import { CachedKeyRingProvider } from '../keys/cached-key-ring-provider.ts';
import { EscrowSinkModule } from '../keys/escrow-sink-module.ts';
import { lifetimeOf, usualLifetimeDays } from '../keys/key-lifetime.ts';
import { KeyManager } from '../keys/key-manager.ts';
import { KeyRingLoader } from '../keys/key-ring-loader.ts';
import type { KeyRingProvider } from '../keys/key-ring.ts';
import { keyStoreOf } from '../location/key-store.ts';
import type { Policy } from '../location/policy.ts';
import { readPolicyFile } from '../location/policy-file.ts';
import { systemSurroundings, type Surroundings } from '../location/surroundings.ts';
import { consoleLogger, type Logger } from '../logger.ts';
import { systemClock, type Instant } from '../time/instant.ts';
import { checkOptions, type DataProtectionOptions } from './data-protection-options.ts';
import type { DataProtectorFactory } from './data-protector.ts';
import { discriminatorOf } from './discriminator.ts';
import { KeyRingDataProtectionProvider } from './key-ring-data-protection-provider.ts';
import type { KeyRingDataProtector } from './key-ring-data-protector.ts';

/** Set by the host for each application: its content root. */
const physicalPathVariable = 'ASPNETCORE_IIS_PHYSICAL_PATH';
/** Set by the host where its configuration names the applications of a pool. */
const applicationNameVariable = 'POOLHOUSE_DATA_PROTECTION_APPLICATION_NAME';

/**
 * Data protection as an ASP.NET Core application has it: a key ring that lasts, looks after itself and can be shared,
 * and the protectors that use it.
 */
export class DataProtectionProvider implements DataProtectorFactory, Disposable {
  /** Creates, lists, revokes and deletes keys. */
  readonly keyManager: KeyManager;
  readonly keyRings: KeyRingProvider;
  /** First purpose of every payload; empty = none. */
  readonly discriminator: string;
  readonly #provider: KeyRingDataProtectionProvider;
  readonly #watch: Disposable | undefined;

  private constructor(options: DataProtectionOptions, surroundings: Surroundings) {
    checkOptions(options);
    const { clock = systemClock, logger = consoleLogger, random = randomBytes } = options;
    const policy = readPolicyFile(surroundings.policyPath, logger) ?? noPolicy;
    const encrypts = options.certificate !== undefined || options.encryptor !== undefined;
    const { repository, readOnly } = keyStoreOf({ ...options, encrypts }, surroundings, logger);

    this.keyManager = new KeyManager({
      repository,
      ...encryptionAtRest(options, policy, clock, logger),
      algorithms: options.algorithms ?? policy.algorithms ?? { encryption: 'AES_256_CBC', validation: 'HMACSHA256' },
      escrowSinks: options.escrowSinks ?? policy.escrowSinks.map((specifier) => new EscrowSinkModule(specifier)),
      clock,
      random,
      logger,
    });
    const loader = new KeyRingLoader({
      manager: this.keyManager,
      repository,
      autoGenerateKeys: !readOnly && (options.autoGenerateKeys ?? true),
      newKeyLifetime: lifetimeOf(options.newKeyLifetimeDays ?? policy.newKeyLifetimeDays ?? usualLifetimeDays),
      clock,
      jitter: Math.random,
      pause: (ms) => sleep(ms),
      logger,
    });
    this.keyRings = new CachedKeyRingProvider(loader, this.keyManager, clock, logger);
    const { environment } = surroundings;
    const name = options.applicationName ?? (environment[applicationNameVariable] || undefined);
    this.discriminator = discriminatorOf(name, environment[physicalPathVariable]);
    this.#provider = new KeyRingDataProtectionProvider(this.keyRings, { discriminator: this.discriminator, clock });
    this.#watch = repository.watch?.(() => this.keyManager.expire());
    if (options.preload ?? true) this.#preload(logger);
  }

  /**
   * Without options: the machine's policy, ASP.NET Core's directory of this user, the content root of a hosted
   * application as its name.
   *
   * @param surroundings for tests
   * @throws TypeError for wrong options, with all that is wrong
   * @throws CryptographicError `UnsupportedAlgorithm` for algorithms that no new key may have
   * @throws DataProtectionPolicyError for a policy file that must not be followed
   */
  static create(options: DataProtectionOptions = {}, surroundings = systemSurroundings()): DataProtectionProvider {
    return new DataProtectionProvider(options, surroundings);
  }

  createProtector(first: string | readonly string[], ...more: string[]): KeyRingDataProtector {
    return this.#provider.createProtector(first, ...more);
  }

  /**
   * Waits until the ring is loaded; the synchronous calls of protectors need that.
   *
   * @throws CryptographicError when there is no key to protect with, and what the repository throws
   */
  async load(): Promise<void> {
    await this.keyRings.current();
  }

  /** Stops watching the repository. Protectors go on with the ring there is. */
  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
  }

  #preload(logger: Logger): void {
    this.load().catch((error: unknown) => {
      logger.error('The key ring could not be loaded; whoever needs it first tries again.', error);
    });
  }
}

const noPolicy: Policy = { escrowSinks: [], certificatePaths: [] };

function encryptionAtRest(
  options: DataProtectionOptions,
  policy: Policy,
  clock: () => Instant,
  logger: Logger,
): { readonly encryptor?: XmlEncryptor; readonly decryptors: XmlDecryptors } {
  const { certificate, decryptionCertificates = [], decryptors: custom, keyVault } = options;
  const { certificatePaths, certificateThumbprint } = policy;
  const files = new CertificateFiles(certificatePaths, logger);
  const decryptors = xmlDecryptors({
    certificates: [
      ...(certificate === undefined ? [] : [certificateList([certificate])]),
      ...decryptionCertificates.map((given) => ('find' in given ? given : certificateList([given]))),
      ...(certificatePaths.length === 0 ? [] : [files]),
    ],
    ...(keyVault === undefined ? {} : { keyVault }),
    ...(custom === undefined ? {} : { custom }),
  });
  const encryptor =
    options.encryptor ??
    (certificate === undefined ? undefined : new CertificateXmlEncryptor(certificate)) ??
    (certificateThumbprint === undefined
      ? undefined
      : new CertificateFilesXmlEncryptor(files, certificateThumbprint, clock));
  return encryptor === undefined ? { decryptors } : { encryptor, decryptors };
}
