import type { EffectiveConfiguration, EffectiveElement } from '@poolhouse/configuration';
import type { HostingSettings } from '../../supervisor/activation/revision.ts';
import type { CompiledHosting } from '../scope-context.ts';
import { wantsDetailedErrors } from './detailed-errors.ts';
import type { HostingContext } from './hosting-context.ts';
import { nowhere, unusableHosting } from './hosting-failure.ts';
import { aspNetCoreSection } from './section.ts';
import { aspNetCoreModuleSection } from './switches-section.ts';

type Section = EffectiveElement<typeof aspNetCoreSection>;

/** Hosting as `<aspNetCore>` says. The first version of the module knows the out-of-process model only. */
export function hostingFromAspNetCore(
  configuration: EffectiveConfiguration,
  module: 'AspNetCoreModuleV2' | 'AspNetCoreModule',
  context: HostingContext,
): CompiledHosting {
  const outOfProcessOnly = module === 'AspNetCoreModule';
  const section = configuration.section(aspNetCoreSection);
  const environmentVariables = variablesOf(section);
  const detailedErrors = wantsDetailedErrors(context.environment, environmentVariables);
  const handlerSettings = handlerSettingsOf(section);
  const origin = section.writtenAt;
  const refuse = (attribute: Parameters<Section['origin']>[0] | undefined, detail: string) =>
    unusableHosting(context, {
      module,
      origin: (attribute && section.origin(attribute)) ?? origin,
      detail,
      detailedErrors,
    });

  const switches = configuration.section(aspNetCoreModuleSection);
  if (switches.get('disableModule')) {
    return unusableHosting(context, {
      ...{ module, origin: switches.origin('disableModule'), detail: disabled, detailedErrors },
      ...{ severity: 'warning', code: 'moduleDisabled' },
    });
  }

  const processPath = context.environment['ANCM_LAUNCHER_PATH'] ?? section.get('processPath');
  if (processPath === '') return refuse('processPath', missingProcessPath);
  if (/%LAUNCHER_PATH%/i.test(processPath)) return refuse('processPath', unpublished);

  const written = section.get('hostingModel').toLowerCase();
  if (written !== '' && written !== 'inprocess' && written !== 'outofprocess') {
    const value = section.get('hostingModel');
    return refuse(
      'hostingModel',
      `Unknown hosting model "${value}" in <aspNetCore>: write hostingModel="inprocess" or hostingModel="outofprocess".`,
    );
  }
  const hostingModel = written === 'inprocess' && !outOfProcessOnly ? 'inprocess' : 'outofprocess';

  const delay = handlerSettings['shutdowndelay'];
  if (hostingModel === 'inprocess' && delay !== undefined && !/^\d{1,9}$/.test(delay)) {
    return refuse(undefined, `The handlerSetting shutdownDelay is "${delay}": it should be a number of milliseconds.`);
  }
  const version = handlerSettings['handlerversion'] ?? '';
  if (hostingModel === 'outofprocess' && version !== '' && version !== context.version) {
    return unusableHosting(context, {
      module,
      origin,
      subStatus: 36,
      title: 'ASP.NET Core IIS hosting failure (out-of-process)',
      detail: `The handlerSetting handlerVersion asks for "${version}" and this is ${context.version}: remove the setting.`,
      detailedErrors,
    });
  }

  warnOfDifferences(section, hostingModel, outOfProcessOnly, context);
  const settings: HostingSettings = {
    processPath,
    arguments: context.environment['ANCM_LAUNCHER_ARGS'] ?? section.get('arguments'),
    hostingModel,
    startupTimeLimitSeconds: section.get('startupTimeLimit'),
    shutdownTimeLimitSeconds: section.get('shutdownTimeLimit'),
    rapidFailsPerMinute: section.get('rapidFailsPerMinute'),
    requestTimeoutSeconds: section.get('requestTimeout') / 1_000,
    processesPerApplication: hostingModel === 'inprocess' ? 1 : section.get('processesPerApplication'),
    stdoutLogEnabled: section.get('stdoutLogEnabled'),
    stdoutLogFile: section.get('stdoutLogFile'),
    disableStartUpErrorPage: section.get('disableStartUpErrorPage'),
    environmentVariables,
    handlerSettings,
    origin: origin ?? nowhere,
  };
  return { module, settings, detailedErrors };
}

const disabled =
  'The ASP.NET Core Module is switched off: every request of its applications gets 500. ' +
  'Take disableModule out of <aspNetCoreModule> in applicationHost.config to switch it on.';

const missingProcessPath =
  "The 'processPath' attribute of <aspNetCore> is missing or empty: name the program that runs the application, " +
  'such as processPath="dotnet" or processPath="node".';

const unpublished =
  'processPath is the placeholder %LAUNCHER_PATH%, which publishing replaces: this is the folder of the sources. ' +
  'Run `dotnet publish` and let physicalPath name the published folder.';

/** In document order; names may repeat. */
export function variablesOf(section: {
  element(name: 'environmentVariables'): {
    entries(): readonly { get(name: 'name' | 'value'): string }[];
  };
}): readonly (readonly [name: string, value: string])[] {
  return section
    .element('environmentVariables')
    .entries()
    .map((entry) => [entry.get('name'), entry.get('value')] as const);
}

/** The first of a name wins, whatever its case. */
function handlerSettingsOf(section: Section): Readonly<Record<string, string>> {
  const settings = new Map<string, string>();
  for (const entry of section.element('handlerSettings').entries()) {
    const name = entry.get('name').toLowerCase();
    if (!settings.has(name)) settings.set(name, entry.get('value'));
  }
  return Object.fromEntries(settings);
}

/** What works on Windows and not here, or not with this hosting model. */
function warnOfDifferences(
  section: Section,
  hostingModel: HostingSettings['hostingModel'],
  outOfProcessOnly: boolean,
  { report }: HostingContext,
): void {
  const warn = (origin: Section['writtenAt'], message: string): void =>
    report({ severity: 'warning', ...(origin ?? section.writtenAt ?? nowhere), message });
  if (outOfProcessOnly && section.get('hostingModel').toLowerCase() === 'inprocess') {
    warn(
      section.origin('hostingModel'),
      'hostingModel="inprocess" has no effect with AspNetCoreModule: name AspNetCoreModuleV2 in <handlers>.',
    );
  }
  if (section.get('forwardWindowsAuthToken') && section.isSet('forwardWindowsAuthToken')) {
    warn(
      section.origin('forwardWindowsAuthToken'),
      'forwardWindowsAuthToken="true" has no effect: Linux has no Windows tokens to forward.',
    );
  }
  if (hostingModel === 'inprocess' && section.get('processesPerApplication') > 1) {
    warn(
      section.origin('processesPerApplication'),
      'processesPerApplication has no effect in-process: set maxProcesses of the application pool.',
    );
  }
  const watched = section.element('recycleOnFileChange').entries()[0];
  if (watched !== undefined) {
    warn(
      watched.writtenAt,
      'recycleOnFileChange has no effect: touch web.config, or recycle the pool, after changing the file.',
    );
  }
}
