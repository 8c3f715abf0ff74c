import type { SectionSchema } from '@poolhouse/configuration';
import { programAttributes, programElements } from './shared-schema.ts';

/** The older HttpPlatformHandler (any program that listens on a port), as its version 1.2 declares it. */
export const httpPlatformSection = {
  path: 'system.webServer/httpPlatform',
  overrideModeDefault: 'Allow',
  attributes: {
    ...programAttributes,
    startupRetryCount: { type: 'uint', default: 10, validation: { kind: 'integerRange', min: 0, max: 100 } },
    requestTimeout: {
      type: 'timeSpan',
      default: '00:02:00',
      // The handler asks for whole minutes; the module that followed it does not, and neither do we.
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 2_592_000 },
    },
    stdoutLogFile: { type: 'string', default: '.\\httpplatform-stdout', expanded: true },
    forwardWindowsAuthToken: { type: 'bool' },
  },
  elements: programElements,
} as const satisfies SectionSchema;
