import type { SectionSchema } from '@poolhouse/configuration';

export const defaultDocumentSection = {
  path: 'system.webServer/defaultDocument',
  overrideModeDefault: 'Allow',
  attributes: {
    enabled: { type: 'bool', default: true },
  },
  elements: {
    files: {
      collection: {
        order: 'prepend',
        keys: ['value'],
        entry: {
          attributes: {
            value: { type: 'string' },
          },
        },
      },
    },
  },
} as const satisfies SectionSchema;
