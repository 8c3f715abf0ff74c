import type { SectionSchema } from '@poolhouse/configuration';

export const accessSection = {
  path: 'system.webServer/security/access',
  overrideModeDefault: 'Deny',
  attributes: {
    sslFlags: {
      type: 'flags',
      values: { None: 0, Ssl: 8, SslNegotiateCert: 32, SslRequireCert: 64, Ssl128: 256 },
      default: ['None'],
    },
  },
} as const satisfies SectionSchema;

export const authorizationSection = {
  path: 'system.webServer/security/authorization',
  overrideModeDefault: 'Allow',
  attributes: { bypassLoginPages: { type: 'bool', default: true } },
  collection: {
    keys: ['users', 'roles', 'verbs'],
    keyKind: 'combined',
    entry: {
      attributes: {
        accessType: { type: 'enum', values: { Allow: 0, Deny: 1 }, required: true },
        users: { type: 'string' },
        roles: { type: 'string' },
        verbs: { type: 'string', caseSensitive: true },
      },
    },
  },
} as const satisfies SectionSchema;

export const ipSecuritySection = {
  path: 'system.webServer/security/ipSecurity',
  overrideModeDefault: 'Deny',
  attributes: {
    enableReverseDns: { type: 'bool' },
    allowUnlisted: { type: 'bool', default: true },
    enableProxyMode: { type: 'bool' },
    denyAction: {
      type: 'enum',
      values: { AbortRequest: 0, Unauthorized: 401, Forbidden: 403, NotFound: 404 },
      default: 'Forbidden',
    },
  },
  collection: {
    keys: ['ipAddress', 'subnetMask', 'domainName'],
    keyKind: 'combined',
    entry: {
      attributes: {
        ipAddress: { type: 'string' },
        subnetMask: { type: 'string', default: '255.255.255.255' },
        domainName: { type: 'string' },
        allowed: { type: 'bool' },
      },
    },
  },
} as const satisfies SectionSchema;

/** Whoever may come in without a name: everyone, unless this is off. */
export const anonymousAuthenticationSection = {
  path: 'system.webServer/security/authentication/anonymousAuthentication',
  overrideModeDefault: 'Deny',
  attributes: {
    enabled: { type: 'bool', default: true },
    userName: { type: 'string', default: 'IUSR' },
    password: { type: 'string', encrypted: true },
    logonMethod: {
      type: 'enum',
      values: { Interactive: 0, Batch: 1, Network: 2, ClearText: 3 },
      default: 'ClearText',
    },
  },
} as const satisfies SectionSchema;

export const basicAuthenticationSection = {
  path: 'system.webServer/security/authentication/basicAuthentication',
  overrideModeDefault: 'Deny',
  attributes: {
    enabled: { type: 'bool' },
    realm: { type: 'string' },
    defaultLogonDomain: { type: 'string' },
    logonMethod: {
      type: 'enum',
      values: { Interactive: 0, Batch: 1, Network: 2, ClearText: 3 },
      default: 'ClearText',
    },
  },
} as const satisfies SectionSchema;

export const windowsAuthenticationSection = {
  path: 'system.webServer/security/authentication/windowsAuthentication',
  overrideModeDefault: 'Deny',
  attributes: {
    enabled: { type: 'bool' },
    authPersistSingleRequest: { type: 'bool' },
    authPersistNonNTLM: { type: 'bool' },
    useKernelMode: { type: 'bool', default: true },
    useAppPoolCredentials: { type: 'bool' },
  },
  elements: { providers: { ignored: true }, extendedProtection: { ignored: true } },
} as const satisfies SectionSchema;
