import type { Algorithms, CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { cngCbcSuite, cngGcmSuite, managedSuite } from '../keys/algorithm-names.ts';
import { leastLifetimeDays, mostLifetimeDays } from '../keys/key-lifetime.ts';
import type { ManagedAlgorithms } from '../keys/new-descriptor.ts';
import { normalizeThumbprint } from '../at-rest/certificates/certificate.ts';

/** What a machine decides for all its applications, each of which may decide otherwise for itself. */
export interface Policy {
  readonly algorithms?: Algorithms | ManagedAlgorithms;
  readonly newKeyLifetimeDays?: number;
  /** Module specifiers. */
  readonly escrowSinks: readonly string[];
  /** Of the certificate that new keys are encrypted for; looked up in `certificatePaths`. */
  readonly certificateThumbprint?: string;
  /** Files and folders. */
  readonly certificatePaths: readonly string[];
}

type Kind = 'text' | 'integer' | 'texts';

const kinds: Readonly<Record<string, Kind>> = {
  EncryptionType: 'text',
  DefaultKeyLifetime: 'integer',
  KeyEscrowSinks: 'text',
  EncryptionAlgorithm: 'text',
  EncryptionAlgorithmProvider: 'text',
  EncryptionAlgorithmKeySize: 'integer',
  HashAlgorithm: 'text',
  HashAlgorithmProvider: 'text',
  EncryptionAlgorithmType: 'text',
  ValidationAlgorithmType: 'text',
  CertificateThumbprint: 'text',
  CertificatePaths: 'texts',
};

const isKind: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  texts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

const kindNames: Readonly<Record<Kind, string>> = { text: 'text', integer: 'a whole number', texts: 'a list of texts' };

/**
 * Reads a policy: the values that Windows keeps in the registry under `Microsoft.AspNetCore.DataProtection`, as one JSON
 * object with the same names. On Linux a `CNG-…` policy gives keys of a portable family with the same algorithms,
 * because .NET opens keys of the CNG families on Windows only.
 */
export function parsePolicy(text: string): { readonly policy: Policy } | { readonly faults: readonly string[] } {
  const values = objectOf(text);
  if (values === undefined) return { faults: ['it is not one JSON object'] };
  const faults = Object.entries(values).flatMap(([name, value]) => faultOf(name, value));
  const value = <T>(name: string, kind: Kind): T | undefined =>
    isKind[kind](values[name]) ? (values[name] as T) : undefined;
  const string = (name: string): string => value<string>(name, 'text') ?? '';

  const lifetime = value<number>('DefaultKeyLifetime', 'integer');
  if (lifetime !== undefined && (lifetime < leastLifetimeDays || lifetime > mostLifetimeDays)) {
    faults.push(`DefaultKeyLifetime is ${lifetime}: it must be ${leastLifetimeDays} to ${mostLifetimeDays} days`);
  }
  const thumbprint = normalizeThumbprint(string('CertificateThumbprint'));
  const paths = value<string[]>('CertificatePaths', 'texts') ?? [];
  if (thumbprint !== '' && !/^[0-9A-F]{40}$/.test(thumbprint)) {
    faults.push('CertificateThumbprint is not one of SHA-1: 40 hexadecimal digits');
  }
  if (thumbprint !== '' && paths.length === 0) faults.push('CertificateThumbprint needs CertificatePaths to look in');
  for (const path of paths)
    if (!path.startsWith('/')) faults.push(`CertificatePaths: "${shown(path)}" is not absolute`);
  const algorithms = algorithmsOf(string, value('EncryptionAlgorithmKeySize', 'integer') ?? 256);
  if (typeof algorithms === 'string') faults.push(algorithms);
  if (faults.length > 0 || typeof algorithms === 'string') return { faults };
  return {
    policy: {
      ...(algorithms === undefined ? {} : { algorithms }),
      ...(lifetime === undefined ? {} : { newKeyLifetimeDays: lifetime }),
      ...(thumbprint === '' ? {} : { certificateThumbprint: thumbprint }),
      certificatePaths: paths,
      escrowSinks: string('KeyEscrowSinks')
        .split(';')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    },
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function faultOf(name: string, value: unknown): string[] {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined)
    return [`"${shown(name)}" is no name of a policy; known are ${Object.keys(kinds).join(', ')}`];
  return isKind[kind](value) ? [] : [`${name} must be ${kindNames[kind]}`];
}

/** Undefined: the default family. Text: what is wrong. */
function algorithmsOf(
  string: (name: string) => string,
  keySize: number,
): Algorithms | ManagedAlgorithms | undefined | string {
  const type = string('EncryptionType');
  const or = (name: string, usual: string): string => (string(name) === '' ? usual : string(name));
  const cng = { name: or('EncryptionAlgorithm', 'AES'), keyLength: keySize.toString() };
  try {
    switch (type.toUpperCase()) {
      case '':
        return undefined;
      case 'CNG-CBC':
        return portable(cngCbcSuite(cng, or('HashAlgorithm', 'SHA256')));
      case 'CNG-GCM':
        return portable(cngGcmSuite(cng));
      case 'MANAGED':
        return portable(
          managedSuite(
            { name: or('EncryptionAlgorithmType', 'Aes'), keyLength: keySize.toString() },
            or('ValidationAlgorithmType', 'HMACSHA256'),
          ),
          true,
        );
      default:
        return `EncryptionType is "${shown(type)}"; it must be CNG-CBC, CNG-GCM, Managed or empty`;
    }
  } catch (error) {
    return `EncryptionType ${type}: ${error instanceof Error ? error.message : 'unknown algorithm'}`;
  }
}

/** The default family where it has these algorithms, else the managed one: .NET reads both everywhere. */
function portable(suite: CipherSuite, managed = false): Algorithms | ManagedAlgorithms | string {
  if (suite.cipher === 'des-ede3-cbc') return 'EncryptionType: new keys are not made for 3DES, old ones are read';
  const bits = Number(suite.cipher.slice(4, 7)) as 128 | 192 | 256;
  if (suite.mode === 'gcm') return { encryption: `AES_${bits}_GCM` };
  const validation = `HMAC${suite.digest.toUpperCase()}` as ManagedAlgorithms['validation'];
  return !managed && (validation === 'HMACSHA256' || validation === 'HMACSHA512')
    ? { encryption: `AES_${bits}_CBC`, validation }
    : { encryption: 'Aes', keyLength: bits, validation };
}

function shown(text: string): string {
  return text.slice(0, 100);
}
