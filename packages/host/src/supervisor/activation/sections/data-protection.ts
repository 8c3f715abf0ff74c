import type { SectionSchema } from '@poolhouse/configuration';

const file = { type: 'string', expanded: true } as const;

const certificate = { path: file, keyPath: file, passphraseFile: file } as const;

const attributes = {
  /** Profile: below the home of the pool's user. Memory: nowhere. The others are shared by the machines of a farm. */
  store: {
    type: 'enum',
    values: { Profile: 0, Folder: 1, Redis: 2, PostgreSql: 3, Memory: 4 },
    default: 'Profile',
  },
  path: file,
  /** A URL; it may hold a password, so it never appears in a message. `%NAME%` is a variable of the environment. */
  connection: { type: 'string', expanded: true, encrypted: true },
  /** A file whose first line is that URL. */
  connectionFile: file,
  /** Key of the Redis list, name of the table; empty: those of ASP.NET Core. */
  name: { type: 'string', caseSensitive: true },
  keyLifetime: {
    type: 'timeSpan',
    default: '90.00:00:00',
    // ASP.NET Core refuses less than a week: keys must have reached every machine before they are used.
    validation: { kind: 'timeSpanRange', minSeconds: 604_800, maxSeconds: 315_360_000 },
  },
  autoGenerate: { type: 'bool', default: true },
  /** `SetApplicationName` of ASP.NET Core for the Node.js applications of the pool; empty: each its own folder. */
  applicationName: { type: 'string', caseSensitive: true },
  /** What loadUserProfile without setProfileEnvironment, which stock files have by accident, means. */
  profileCompat: { type: 'enum', values: { Helpful: 0, Strict: 1 }, default: 'Helpful' },
} as const;

const elements = {
  /** Protects new keys in the store, and opens those that it protected. */
  certificate: { attributes: certificate },
  /** Only open keys. */
  olderCertificates: {
    collection: {
      keys: ['path'],
      entry: { attributes: { ...certificate, path: { ...file, required: true } } },
    },
  },
} as const;

/** Where the keys of ASP.NET Core Data Protection live, for all pools and for single ones; a section of Poolhouse's own. */
export const dataProtectionSection = {
  path: 'system.applicationHost/dataProtection',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  elements: {
    keyRingDefaults: { isCollectionDefault: true, attributes: { pool: { type: 'string' }, ...attributes }, elements },
  },
  collection: {
    keys: ['pool'],
    defaultElement: 'keyRingDefaults',
    entry: {
      attributes: { pool: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } }, ...attributes },
      elements,
    },
  },
} as const satisfies SectionSchema;
