import { createPairingToken, isPairingToken, tokenVariable, portVariable } from '@poolhouse/contract';
import { workerArguments } from '@poolhouse/worker';
import type { ApplicationPoolSettings, ApplicationSettings, HostingSettings } from '../../activation/revision.ts';
import type { StartProblem } from '../failure/start-problem.ts';
import { buildEnvironment, portNames } from './environment.ts';
import { expandVariables } from './expand-variables.ts';
import type { HostFacts, PoolIdentity } from './host-facts.ts';
import { choosePort } from './port.ts';
import { findProgram, pathFolders, type Program } from './program.ts';
import { parseStackSize, stackReserveBytes } from './stack-size.ts';

/** Everything decided about one start before a process exists. */
export interface StartPlan {
  readonly program: Program;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly port: number;
  readonly token: string;
  readonly stackLimitBytes: number | undefined;
  readonly logFilePrefix: string | undefined;
  /** `enableOutOfProcessConsoleRedirection`: false discards all output. */
  readonly captureOutput: boolean;
  readonly detailedErrors: boolean;
}

/**
 * Decides how to start one process of an application:
 *
 *   1. stack size   2. port   3. program   4. token   5. environment   6. arguments
 */
export function planStart(
  pool: ApplicationPoolSettings,
  application: ApplicationSettings,
  hosting: HostingSettings,
  worker: boolean,
  identity: PoolIdentity,
  host: HostFacts,
): { readonly plan: StartPlan } | { readonly problem: StartProblem } {
  const own = sectionVariables(hosting);
  const stack = parseStackSize(hosting.handlerSettings['stacksize']);
  if ('problem' in stack) return stack;
  const choice = worker ? { port: workerPort } : choosePort(own.get(portVariable), host.random);
  if ('problem' in choice) return choice;

  const poolVariables = {
    ...host.baseEnvironment,
    ...Object.fromEntries(pool.environmentVariables),
    ...portNames(choice),
  };
  const found = findProgram(
    expandVariables(hosting.processPath, poolVariables),
    expandVariables(hosting.arguments, poolVariables),
    {
      applicationFolder: application.physicalPath,
      path: pathFolders(poolVariables['PATH']),
      ...(poolVariables['DOTNET_ROOT'] === undefined ? {} : { dotnetRoot: poolVariables['DOTNET_ROOT'] }),
      ownNode: host.ownNode,
    },
  );
  if ('problem' in found) return found;
  const { program } = found;

  const configured = own.get(tokenVariable);
  const token = configured !== undefined && isPairingToken(configured) ? configured : createPairingToken();
  const environment = buildEnvironment(host.baseEnvironment, identity, pool, application, hosting, {
    model: hosting.hostingModel,
    port: choice.port,
    token,
    tokenInEnvironment: !worker,
    aspNetCore: program.aspNetCore,
    configurationFile: host.configurationFile,
  });
  if (stack.bytes !== undefined && program.kind === 'dotnet')
    environment['DOTNET_DefaultStackSize'] = stack.bytes.toString(16);
  const isNodeProgram = program.kind === 'node';
  const stackKiB = stack.bytes === undefined || !isNodeProgram ? undefined : Math.floor(stack.bytes / 1024);
  const nodeArguments = worker
    ? workerArguments(stackKiB === undefined ? {} : { stackSizeKiB: stackKiB })
    : stackKiB === undefined
      ? []
      : [`--stack-size=${stackKiB}`];
  const setDirectory =
    hosting.hostingModel === 'outofprocess' ||
    !/^(?!true$)/i.test(hosting.handlerSettings['setcurrentdirectory'] ?? 'true');
  return {
    plan: {
      program,
      arguments: isNodeProgram ? [...nodeArguments, ...program.arguments] : program.arguments,
      environment,
      workingDirectory: setDirectory ? application.physicalPath : host.runFolder,
      port: choice.port,
      token,
      stackLimitBytes: stack.bytes === undefined || !isNodeProgram ? undefined : stack.bytes + stackReserveBytes,
      logFilePrefix: hosting.stdoutLogEnabled
        ? logFilePrefix(expandVariables(hosting.stdoutLogFile, environment), application.physicalPath)
        : undefined,
      captureOutput: hosting.handlerSettings['enableoutofprocessconsoleredirection']?.toLowerCase() !== 'false',
      detailedErrors: wantsDetails(environment),
    },
  };
}

/** What `PORT` says in a worker: its server listens on the private socket, whatever the number. */
const workerPort = 8080;

function sectionVariables(hosting: HostingSettings): Map<string, string> {
  return new Map(hosting.environmentVariables.map(([name, value]) => [name.toUpperCase(), value]));
}

/** The Azure spelling `\\?\%home%\LogFiles\stdout` and backslashes are understood; relative to the application folder. */
function logFilePrefix(text: string, folder: string): string {
  const path = text
    .replace(/^\\\\\?\\/, '')
    .replaceAll('\\', '/')
    .replace(/^\.\//, '');
  return path.startsWith('/') ? path : `${folder.replace(/\/$/, '')}/${path}`;
}

function wantsDetails(environment: Readonly<Record<string, string>>): boolean {
  const value = (name: string): string => environment[name]?.toLowerCase() ?? '';
  const development = ['ASPNETCORE_ENVIRONMENT', 'DOTNET_ENVIRONMENT', 'NODE_ENV'].some(
    (name) => value(name) === 'development',
  );
  return development || ['1', 'true'].includes(value('ASPNETCORE_DETAILEDERRORS'));
}
