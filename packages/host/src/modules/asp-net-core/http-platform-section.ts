import type { SectionSchema } from '@poolhouse/configuration';

/** The older HttpPlatformHandler (any program that listens on a port), as its version 1.2 declares it. */
export const httpPlatformSection = {
  path: 'system.webServer/httpPlatform',
  overrideModeDefault: 'Allow',
  attributes: {
    processPath: { type: 'string', expanded: true },
    arguments: { type: 'string', expanded: true },
    startupTimeLimit: {
      type: 'uint',
      default: 120,
      validation: { kind: 'integerRange', min: 0, max: 3600 },
      unit: 'seconds',
    },
    startupRetryCount: { type: 'uint', default: 10, validation: { kind: 'integerRange', min: 0, max: 100 } },
    rapidFailsPerMinute: { type: 'uint', default: 10, validation: { kind: 'integerRange', min: 0, max: 100 } },
    requestTimeout: {
      type: 'timeSpan',
      default: '00:02:00',
      // The handler asks for whole minutes; the module that followed it does not, and neither do we.
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 2_592_000 },
    },
    stdoutLogEnabled: { type: 'bool' },
    stdoutLogFile: { type: 'string', default: '.\\httpplatform-stdout', expanded: true },
    processesPerApplication: { type: 'uint', default: 1, validation: { kind: 'integerRange', min: 1, max: 100 } },
    forwardWindowsAuthToken: { type: 'bool' },
  },
  elements: {
    recycleOnFileChange: {
      collection: {
        addElement: 'file',
        removeElement: null,
        entry: {
          attributes: {
            path: { type: 'string', required: true, expanded: true, validation: { kind: 'nonEmptyString' } },
          },
        },
      },
    },
    environmentVariables: {
      collection: {
        addElement: 'environmentVariable',
        removeElement: null,
        entry: {
          attributes: {
            name: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
            value: { type: 'string', required: true },
          },
        },
      },
    },
  },
} as const satisfies SectionSchema;
