import type { SectionSchema } from '@poolhouse/configuration';

export const directoryBrowseSection = {
  path: 'system.webServer/directoryBrowse',
  overrideModeDefault: 'Allow',
  attributes: {
    enabled: { type: 'bool' },
    showFlags: {
      type: 'flags',
      values: { None: 0, Date: 2, Time: 4, Size: 8, Extension: 16, LongDate: 32 },
      default: ['Date', 'Time', 'Size', 'Extension'],
    },
  },
} as const satisfies SectionSchema;
