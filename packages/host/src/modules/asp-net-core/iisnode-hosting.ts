import type { EffectiveConfiguration, Origin } from '@poolhouse/configuration';
import type { CompiledHosting } from '../scope-context.ts';
import type { HostingContext } from './hosting-context.ts';
import { unusableHosting } from './hosting-failure.ts';
import { iisnodeSection } from './iisnode-section.ts';
import type { IisnodeSetting } from './iisnode-section.ts';
import { readIisnodeSettings } from './iisnode-settings.ts';
import type { IisnodeSettings } from './iisnode-settings.ts';
import { readNodeCommandLine } from './node-command-line.ts';

/** The handler that names the script of an iisnode application. */
export interface IisnodeHandler {
  /** `server.js`, `bin/www`. */
  readonly path: string;
  readonly origin: Origin;
}

const module = 'iisnode';
const title = 'Application hosting failure';

/**
 * Hosting as iisnode does it: `node script`. One process runs in-process, on a private socket like the named
 * pipe of iisnode; several (`nodeProcessCountPerApplication`) get a port each.
 */
export function hostingFromIisnode(
  configuration: EffectiveConfiguration,
  handler: IisnodeHandler,
  context: HostingContext,
): CompiledHosting {
  const settings = readIisnodeSettings(configuration.section(iisnodeSection), handler.origin, context);
  const detailedErrors = settings.isSet('devErrorsEnabled') && settings.flag('devErrorsEnabled');
  const script = handler.path.replaceAll('\\', '/');
  if (/[*?]/.test(script)) {
    const detail =
      `The iisnode handler maps the pattern "${handler.path}", and one application is one program: ` +
      'let its path name the script, such as path="server.js".';
    return unusableHosting(context, { module, origin: handler.origin, detail, detailedErrors, title });
  }

  warnOfDifferences(settings, handler.origin, context);
  const { program, options } = readNodeCommandLine(settings.text('nodeProcessCommandLine'));
  const wanted = settings.count('nodeProcessCountPerApplication');
  const processes = wanted === 0 ? context.processors : wanted;
  const logsToFile = settings.isSet('loggingEnabled') && settings.flag('loggingEnabled');
  return {
    module,
    script: handler.path,
    settings: {
      processPath: program,
      arguments: [options, quote(script)].filter((part) => part !== '').join(' '),
      hostingModel: processes === 1 ? 'inprocess' : 'outofprocess',
      startupTimeLimitSeconds: 120,
      shutdownTimeLimitSeconds: Math.min(Math.ceil(settings.count('gracefulShutdownTimeout') / 1_000), 600),
      rapidFailsPerMinute: 10,
      requestTimeoutSeconds: 0,
      processesPerApplication: processes,
      stdoutLogEnabled: logsToFile,
      stdoutLogFile: `${settings.text('logDirectory')}/stdout`,
      disableStartUpErrorPage: false,
      environmentVariables: variablesOf(settings),
      handlerSettings: {},
      origin: handler.origin,
    },
    detailedErrors,
  };
}

function variablesOf(settings: IisnodeSettings): readonly (readonly [name: string, value: string])[] {
  const nodeEnvironment = settings.text('node_env');
  const isPlaceholder = /^%node_env%$/i.test(nodeEnvironment);
  return nodeEnvironment === '' || isPlaceholder ? [] : [['NODE_ENV', nodeEnvironment]];
}

function quote(script: string): string {
  return /\s/.test(script) ? `"${script}"` : script;
}

/** One line for all settings of pipes, buffers and the debugger; one each for those that people rely on. */
function warnOfDifferences(settings: IisnodeSettings, origin: Origin, { report }: HostingContext): void {
  const warn = (message: string): void => report({ severity: 'warning', ...origin, message });
  const unused = withoutMeaning.filter((name) => settings.isSet(name));
  if (unused.length > 0) warn(`Settings of iisnode that mean nothing here: ${unused.join(', ')}.`);
  if (settings.isSet('watchedFiles')) {
    warn('watchedFiles of iisnode has no effect: touch web.config, or recycle the pool, after changing a file.');
  }
  if (settings.text('promoteServerVars') !== '') {
    warn('promoteServerVars of iisnode has no effect: server variables are not sent to the application.');
  }
}

const withoutMeaning: readonly IisnodeSetting[] = [
  'asyncCompletionThreadCount',
  'interceptor',
  'maxConcurrentRequestsPerProcess',
  'maxNamedPipeConnectionRetry',
  'namedPipeConnectionRetryDelay',
  'maxNamedPipeConnectionPoolSize',
  'maxNamedPipePooledConnectionAge',
  'initialRequestBufferSize',
  'maxRequestBufferSize',
  'uncFileChangesPollingInterval',
  'debuggerExtensionDll',
  'debugHeaderEnabled',
  'debuggerVirtualDir',
  'debuggerPathSegment',
  'debuggerPortRange',
  'maxLogFileSizeInKB',
  'maxTotalLogFileSizeInKB',
  'maxLogFiles',
  'configOverrides',
  'recycleSignalEnabled',
  'idlePageOutTimePeriod',
];
