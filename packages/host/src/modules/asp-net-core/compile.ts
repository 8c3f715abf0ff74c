import type { CompiledHosting } from '../scope-context.ts';
import type { AspNetCoreSettings } from './settings.ts';

export { compileHosting } from './hosting.ts';
export type { HostingContext } from './hosting-context.ts';

/** How requests reach the program of an application; the module's settings in the plan. */
export function compileAspNetCore(hosting: CompiledHosting, removeServerHeader: boolean): AspNetCoreSettings {
  if ('failure' in hosting) return { failure: hosting.failure, detailedErrors: hosting.detailedErrors };
  const { settings, detailedErrors } = hosting;
  return {
    forward: {
      // In-process there is no time-out: the app is as alive as the worker.
      requestTimeoutMs: settings.hostingModel === 'inprocess' ? 0 : settings.requestTimeoutSeconds * 1_000,
      forwardResponseConnectionHeader:
        settings.handlerSettings['forwardresponseconnectionheader']?.toLowerCase() === 'true',
      errorPage: !settings.disableStartUpErrorPage,
      detailedErrors,
      removeServerHeader,
    },
  };
}
