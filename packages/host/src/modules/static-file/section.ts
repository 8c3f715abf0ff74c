import type { SectionSchema } from '@poolhouse/configuration';

/**
 * Types of files and what browsers may keep. A type that a file above has already is replaced: many files add
 * `.json` or `.woff2` without removing it first, which was right for the servers they were written for.
 */
export const staticContentSection = {
  path: 'system.webServer/staticContent',
  overrideModeDefault: 'Allow',
  attributes: {
    defaultDocFooter: { type: 'string', caseSensitive: true },
    isDocFooterFileName: { type: 'bool' },
    enableDocFooter: { type: 'bool' },
  },
  elements: {
    clientCache: {
      attributes: {
        cacheControlMode: {
          type: 'enum',
          values: { NoControl: 0, DisableCache: 1, UseMaxAge: 2, UseExpires: 3 },
          default: 'NoControl',
        },
        cacheControlMaxAge: { type: 'timeSpan', default: '1.00:00:00' },
        httpExpires: { type: 'string' },
        cacheControlCustom: { type: 'string' },
        setEtag: { type: 'bool', default: true },
      },
    },
  },
  collection: {
    addElement: 'mimeMap',
    keys: ['fileExtension'],
    inheritedDuplicate: 'replace',
    entry: {
      attributes: {
        fileExtension: { type: 'string', required: true },
        mimeType: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
      },
    },
  },
} as const satisfies SectionSchema;
