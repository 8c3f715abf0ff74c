import type { SectionSchema } from '@poolhouse/configuration';

export const requestFilteringSection = {
  path: 'system.webServer/security/requestFiltering',
  overrideModeDefault: 'Allow',
  attributes: {
    allowDoubleEscaping: { type: 'bool' },
    allowHighBitCharacters: { type: 'bool', default: true },
    unescapeQueryString: { type: 'bool', default: true },
    removeServerHeader: { type: 'bool' },
  },
  elements: {
    fileExtensions: {
      attributes: {
        allowUnlisted: { type: 'bool', default: true },
        applyToWebDAV: { type: 'bool', default: true },
      },
      collection: {
        keys: ['fileExtension'],
        entry: {
          attributes: {
            fileExtension: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
            allowed: { type: 'bool', default: true, required: true },
          },
        },
      },
    },
    requestLimits: {
      attributes: {
        maxAllowedContentLength: { type: 'uint', default: 30_000_000 },
        maxUrl: { type: 'uint', default: 4096 },
        maxQueryString: { type: 'uint', default: 2048 },
      },
      elements: {
        headerLimits: {
          collection: {
            keys: ['header'],
            entry: {
              attributes: {
                header: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
                sizeLimit: { type: 'uint', required: true },
              },
            },
          },
        },
      },
    },
    verbs: {
      attributes: {
        allowUnlisted: { type: 'bool', default: true },
        applyToWebDAV: { type: 'bool', default: true },
      },
      collection: {
        keys: ['verb'],
        entry: {
          attributes: {
            verb: { type: 'string', required: true, caseSensitive: true, validation: { kind: 'nonEmptyString' } },
            allowed: { type: 'bool', required: true },
          },
        },
      },
    },
    hiddenSegments: {
      attributes: {
        applyToWebDAV: { type: 'bool', default: true },
      },
      collection: {
        keys: ['segment'],
        entry: {
          attributes: {
            segment: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
          },
        },
      },
    },
    alwaysAllowedUrls: {
      collection: {
        keys: ['url'],
        entry: {
          attributes: {
            url: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
          },
        },
      },
    },
    alwaysAllowedQueryStrings: {
      collection: {
        keys: ['queryString'],
        entry: {
          attributes: {
            queryString: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
          },
        },
      },
    },
    denyUrlSequences: {
      collection: {
        keys: ['sequence'],
        entry: {
          attributes: {
            sequence: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
          },
        },
      },
    },
    denyQueryStringSequences: {
      collection: {
        keys: ['sequence'],
        entry: {
          attributes: {
            sequence: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
          },
        },
      },
    },
    filteringRules: {
      collection: {
        addElement: 'filteringRule',
        keys: ['name'],
        entry: {
          attributes: {
            name: { type: 'string', required: true },
            scanUrl: { type: 'bool' },
            scanQueryString: { type: 'bool' },
            scanAllRaw: { type: 'bool' },
            denyUnescapedPercent: { type: 'bool', default: true },
          },
          elements: {
            scanHeaders: {
              collection: {
                keys: ['requestHeader'],
                entry: {
                  attributes: {
                    requestHeader: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
                  },
                },
              },
            },
            appliesTo: {
              collection: {
                keys: ['fileExtension'],
                entry: {
                  attributes: {
                    fileExtension: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
                  },
                },
              },
            },
            denyStrings: {
              collection: {
                keys: ['string'],
                entry: {
                  attributes: {
                    string: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
} as const satisfies SectionSchema;
