import type { SectionSchema } from '@poolhouse/configuration';

/** Also the default, as HTTP.sys has it. */
export const smallestErrorLogBytes = 1_048_576;

/** What HTTP.sys keeps in the registry, and what a server behind proxies needs; a section of Poolhouse's own. */
export const gatewaySection = {
  path: 'system.applicationHost/gateway',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  elements: {
    /** What is refused before a site is entered. HTTP.sys: EnableErrorLogging, ErrorLogFileTruncateSize. */
    errorLog: {
      attributes: {
        enabled: { type: 'bool', default: true },
        /** A smaller value is raised to the default. */
        truncateSize: { type: 'uint', default: smallestErrorLogBytes, unit: 'bytes' },
        format: { type: 'enum', values: { Text: 0, Json: 1 }, default: 'Text' },
      },
    },
    /** Peers that may say who a client is, see `parseTrustedProxy`. Default none, loopback included. */
    trustedProxies: {
      collection: {
        keys: ['address'],
        entry: { attributes: { address: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } } } },
      },
    },
  },
} as const satisfies SectionSchema;
