import type { KeyVault } from '../at-rest/azure-key-vault.ts';
import type { Certificate, CertificateSource } from '../at-rest/certificates/certificate.ts';
import type { XmlDecryptor, XmlEncryptor } from '../at-rest/encryption-at-rest.ts';
import type { Algorithms } from '../encryption/authenticated-encryptor.ts';
import type { KeyEscrowSink } from '../keys/key-escrow-sink.ts';
import { leastLifetimeDays, mostLifetimeDays } from '../keys/key-lifetime.ts';
import type { ManagedAlgorithms } from '../keys/new-descriptor.ts';
import type { Logger } from '../logger.ts';
import type { XmlRepository } from '../repositories/repository.ts';
import type { Instant } from '../time/instant.ts';

/** All of it is optional; what is not given comes from the machine's policy, then from ASP.NET Core's defaults. */
export interface DataProtectionOptions {
  /**
   * Separates applications on one ring; those that are to read each other's payloads give the same name
   * (`SetApplicationName` there). Default: what Poolhouse's configuration says for the pool, else the content root of an
   * application that Poolhouse hosts, as in ASP.NET Core; elsewhere none. The empty string means none.
   */
  readonly applicationName?: string;
  /** Where keys are: a directory that may be shared. Default: where ASP.NET Core keeps them for this user. */
  readonly keyDirectory?: string;
  /** Permissions of key files in it; default `0o600`, `0o660` for a group. */
  readonly fileMode?: number;
  /** Where keys are, if not in a directory. */
  readonly repository?: XmlRepository;
  /** New keys are encrypted for it, and keys that were are read with it (`ProtectKeysWithCertificate`). */
  readonly certificate?: Certificate;
  /** Encrypts new keys at rest in another way. */
  readonly encryptor?: XmlEncryptor;
  /** Older certificates whose keys are still to be read, and folders of them (`UnprotectKeysWithAnyCertificate`). */
  readonly decryptionCertificates?: readonly (Certificate | CertificateSource)[];
  /** Opens keys that were encrypted with Azure Key Vault. */
  readonly keyVault?: KeyVault;
  /** Further decryptors by the .NET class that keys name. */
  readonly decryptors?: Readonly<Record<string, XmlDecryptor>>;
  /** Default 90, at least 7. */
  readonly newKeyLifetimeDays?: number;
  /** False: this process makes no keys, another one does (`DisableAutomaticKeyGeneration`). Default true. */
  readonly autoGenerateKeys?: boolean;
  /** Of new keys; default AES-256-CBC with HMACSHA256. */
  readonly algorithms?: Algorithms | ManagedAlgorithms;
  readonly escrowSinks?: readonly KeyEscrowSink[];
  /** False: the ring is loaded with its first use instead of at once. Default true. */
  readonly preload?: boolean;
  /** Default: warnings and errors on the console. */
  readonly logger?: Logger;
  /** In ticks; for tests. */
  readonly clock?: () => Instant;
  /** Gives that many random bytes, in an array that nobody else uses; for tests. */
  readonly random?: (bytes: number) => Uint8Array;
}

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'function';

const kinds: Readonly<Record<keyof DataProtectionOptions, Kind>> = {
  applicationName: 'string',
  keyDirectory: 'string',
  fileMode: 'number',
  repository: 'object',
  certificate: 'object',
  encryptor: 'object',
  decryptionCertificates: 'object',
  keyVault: 'object',
  decryptors: 'object',
  newKeyLifetimeDays: 'number',
  autoGenerateKeys: 'boolean',
  algorithms: 'object',
  escrowSinks: 'object',
  preload: 'boolean',
  logger: 'object',
  clock: 'function',
  random: 'function',
};

/** A misspelt name would silently mean a default: another place for keys, or none of their encryption. */
export function checkOptions(options: DataProtectionOptions): void {
  const { certificate, encryptor, fileMode, keyDirectory, newKeyLifetimeDays: days, repository } = options;
  const faults = Object.entries(options).flatMap(([name, value]) => {
    if (!Object.hasOwn(kinds, name)) return [`there is no option "${name.slice(0, 100)}"`];
    const kind = kinds[name as keyof DataProtectionOptions];
    return value === undefined || (typeof value === kind && value !== null) ? [] : [`${name} must be of type ${kind}`];
  });
  if (keyDirectory !== undefined && repository !== undefined)
    faults.push('keyDirectory and repository exclude each other');
  if (keyDirectory === '') faults.push('keyDirectory is empty');
  if (certificate !== undefined && encryptor !== undefined) faults.push('certificate and encryptor exclude each other');
  if (days !== undefined && !(days >= leastLifetimeDays && days <= mostLifetimeDays)) {
    faults.push(`newKeyLifetimeDays must be at least ${leastLifetimeDays}`);
  }
  if (fileMode !== undefined && !(Number.isInteger(fileMode) && fileMode >= 0o400 && fileMode <= 0o777)) {
    faults.push('fileMode must be permissions such as 0o600');
  }
  if (faults.length > 0) throw new TypeError(`The data protection options are wrong: ${faults.join('; ')}.`);
}
