import { basename } from 'node:path';
import type { ApplicationSettings } from '../../activation/revision.ts';
import type { HostedApplication } from '../pool-state.ts';

/**
 * How an application is hosted, from its settings alone; undefined for an application of files.
 *
 *   outofprocess                 an app process of its own
 *   inprocess, Node.js           a worker that loads the app and speaks the control channel
 *   inprocess, anything else     an app process under the in-process contract: it *is* the slot's worker
 */
export function hostedApplication(application: ApplicationSettings): HostedApplication | undefined {
  const { hosting } = application;
  if (hosting === undefined) return undefined;
  const inProcess = hosting.hostingModel === 'inprocess';
  return {
    id: application.id,
    model: hosting.hostingModel,
    kind: inProcess ? 'worker' : 'app',
    channel: inProcess && isNode(hosting.processPath),
    processesPerApplication: inProcess ? 1 : hosting.processesPerApplication,
    startupLimitMs: hosting.startupTimeLimitSeconds * 1000,
    shutdownLimitMs: hosting.shutdownTimeLimitSeconds * 1000,
    rapidFailsPerMinute: hosting.rapidFailsPerMinute,
    startErrorPage: !hosting.disableStartUpErrorPage,
    preload: application.preloadEnabled,
    offlinePage: application.offlinePage,
  };
}

/** `node`, `node.exe`, `C:\Program Files\nodejs\node.exe`, `/opt/node22/bin/node`. */
export function isNode(processPath: string): boolean {
  return /^node(js)?(\.exe)?$/i.test(basename(processPath.replaceAll('\\', '/')));
}
