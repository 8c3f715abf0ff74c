import type { SectionSchema } from '@poolhouse/configuration';
import { programAttributes, programElements } from './shared-schema.ts';

export const aspNetCoreSection = {
  path: 'system.webServer/aspNetCore',
  overrideModeDefault: 'Allow',
  attributes: {
    ...programAttributes,
    shutdownTimeLimit: {
      type: 'uint',
      default: 10,
      validation: { kind: 'integerRange', min: 0, max: 600 },
      unit: 'seconds',
    },
    requestTimeout: {
      type: 'timeSpan',
      default: '00:02:00',
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 1_296_000 },
    },
    stdoutLogFile: { type: 'string', default: '.\\aspnetcore-stdout', expanded: true },
    forwardWindowsAuthToken: { type: 'bool', default: true },
    disableStartUpErrorPage: { type: 'bool' },
    hostingModel: { type: 'string' },
  },
  elements: {
    ...programElements,
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
