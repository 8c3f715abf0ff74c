import type { SectionSchema } from '@poolhouse/configuration';

/** Limits of the whole server; what HTTP.sys keeps in the registry has no section. */
export const webLimitsSection = {
  path: 'system.applicationHost/webLimits',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  attributes: {
    /** Time to receive the head of a request; 0 = 15 seconds. */
    headerWaitTimeout: { type: 'timeSpan', validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 65_535 } },
    minBytesPerSecond: { type: 'uint', default: 240 },
    connectionTimeout: { type: 'timeSpan', default: '00:02:00' },
    maxGlobalBandwidth: {
      type: 'uint',
      default: 4_294_967_295,
      unit: 'bytes per second',
      validation: { kind: 'integerRange', min: 0, max: 1023, exclude: true },
    },
    demandStartThreshold: {
      type: 'uint',
      default: 2_147_483_647,
      validation: { kind: 'integerRange', min: 10, max: 2_147_483_647 },
    },
    dynamicIdleThreshold: { type: 'uint', validation: { kind: 'integerRange', min: 0, max: 10_000 } },
    dynamicRegistrationThreshold: { type: 'uint', default: 100 },
  },
} as const satisfies SectionSchema;
