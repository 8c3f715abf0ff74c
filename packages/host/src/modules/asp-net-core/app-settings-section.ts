import type { SectionSchema } from '@poolhouse/configuration';

/** Settings of the .NET Framework that iisnode hands to the program as environment variables. */
export const appSettingsSection = {
  path: 'appSettings',
  overrideModeDefault: 'Allow',
  attributes: { file: { type: 'string' } },
  collection: {
    keys: ['key'],
    inheritedDuplicate: 'replace',
    entry: {
      attributes: {
        key: { type: 'string', required: true, caseSensitive: true },
        // Often a connection string: its text never appears in a message.
        value: { type: 'string', encrypted: true },
      },
    },
  },
} as const satisfies SectionSchema;
