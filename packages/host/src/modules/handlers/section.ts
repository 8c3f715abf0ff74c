import type { SectionSchema } from '@poolhouse/configuration';

/**
 * Which module answers which requests. Differs from the schema of IIS in two places, so that files work as on a
 * server where ASP.NET Core is installed: `web.config` files may set it, and scripts may run (every
 * applicationHost.config says `accessPolicy="Read, Script"`).
 */
export const handlersSection = {
  path: 'system.webServer/handlers',
  overrideModeDefault: 'Allow',
  attributes: {
    accessPolicy: {
      type: 'flags',
      values: {
        None: 0,
        Read: 1,
        Write: 2,
        Execute: 4,
        Source: 16,
        Script: 512,
        NoRemoteWrite: 1024,
        NoRemoteRead: 4096,
        NoRemoteExecute: 8192,
        NoRemoteScript: 16_384,
      },
      default: ['Read', 'Script'],
    },
  },
  collection: {
    order: 'prepend',
    keys: ['name'],
    entry: {
      attributes: {
        name: { type: 'string', required: true, caseSensitive: true, validation: { kind: 'nonEmptyString' } },
        path: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
        verb: { type: 'string', required: true, caseSensitive: true },
        type: { type: 'string', caseSensitive: true },
        modules: { type: 'string', default: 'ManagedPipelineHandler', caseSensitive: true },
        scriptProcessor: { type: 'string', expanded: true },
        resourceType: {
          type: 'enum',
          values: { File: 0, Directory: 1, Either: 2, Unspecified: 3 },
          default: 'Unspecified',
        },
        requireAccess: {
          type: 'enum',
          values: { None: 0, Read: 1, Write: 2, Script: 3, Execute: 4 },
          default: 'Script',
        },
        allowPathInfo: { type: 'bool' },
        preCondition: { type: 'string', caseSensitive: true },
        responseBufferLimit: { type: 'uint', default: 4_194_304 },
      },
    },
  },
} as const satisfies SectionSchema;
