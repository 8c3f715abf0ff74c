import type { SectionSchema } from '@poolhouse/configuration';

export const aspNetCoreSection = {
  path: 'system.webServer/aspNetCore',
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
    shutdownTimeLimit: {
      type: 'uint',
      default: 10,
      validation: { kind: 'integerRange', min: 0, max: 600 },
      unit: 'seconds',
    },
    rapidFailsPerMinute: { type: 'uint', default: 10, validation: { kind: 'integerRange', min: 0, max: 100 } },
    requestTimeout: {
      type: 'timeSpan',
      default: '00:02:00',
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 1_296_000 },
    },
    stdoutLogEnabled: { type: 'bool' },
    stdoutLogFile: { type: 'string', default: '.\\aspnetcore-stdout', expanded: true },
    processesPerApplication: { type: 'uint', default: 1, validation: { kind: 'integerRange', min: 1, max: 100 } },
    forwardWindowsAuthToken: { type: 'bool', default: true },
    disableStartUpErrorPage: { type: 'bool' },
    hostingModel: { type: 'string' },
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
    handlerSettings: {
      collection: {
        addElement: 'handlerSetting',
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
