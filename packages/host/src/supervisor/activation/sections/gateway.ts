import type { SectionSchema } from '@poolhouse/configuration';

/** What HTTP.sys keeps in the registry, and what a server behind proxies needs; a section of Poolhouse's own. */
export const gatewaySection = {
  path: 'system.applicationHost/gateway',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  elements: {
    /** Peers that may say who a client is, see `parseTrustedProxy`. Default none, loopback included. */
    trustedProxies: {
      collection: {
        keys: ['address'],
        entry: { attributes: { address: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } } } },
      },
    },
  },
} as const satisfies SectionSchema;
