import type { SectionSchema } from '@poolhouse/configuration';

/**
 * Open to web.config unless applicationHost.config declares it otherwise: files made for Azure use it freely,
 * mostly to leave upgrades to the application.
 */
export const webSocketSection = {
  path: 'system.webServer/webSocket',
  overrideModeDefault: 'Allow',
  attributes: {
    /** False makes an upgrade an ordinary request. */
    enabled: { type: 'bool', default: true },
    receiveBufferLimit: {
      type: 'uint',
      default: 4_194_304,
      unit: 'bytes',
      validation: { kind: 'integerRange', min: 4096, max: 2_147_483_647 },
    },
    pingInterval: { type: 'timeSpan', validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 86_400 } },
  },
} as const satisfies SectionSchema;
