import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { CompiledHosting } from '../scope-context.ts';
import { variablesOf } from './asp-net-core-hosting.ts';
import { wantsDetailedErrors } from './detailed-errors.ts';
import type { HostingContext } from './hosting-context.ts';
import { nowhere, unusableHosting } from './hosting-failure.ts';
import { httpPlatformSection } from './http-platform-section.ts';

const module = 'httpPlatformHandler';
const title = 'Application hosting failure';

/** Hosting as `<httpPlatform>` says: a program of its own that listens on the port it is told. */
export function hostingFromHttpPlatform(
  configuration: EffectiveConfiguration,
  context: HostingContext,
): CompiledHosting {
  const section = configuration.section(httpPlatformSection);
  const environmentVariables = variablesOf(section);
  const detailedErrors = wantsDetailedErrors(context.environment, environmentVariables);
  const origin = section.origin('processPath') ?? section.writtenAt;
  const processPath = section.get('processPath');
  const placeholder = /\$\{\w+\}/.exec(`${processPath} ${section.get('arguments')}`)?.[0];
  if (processPath === '') {
    const detail = "The 'processPath' attribute of <httpPlatform> is missing or empty: name the program to run.";
    return unusableHosting(context, { module, origin, detail, detailedErrors, title });
  }
  if (placeholder !== undefined) {
    const detail = `<httpPlatform> still holds ${placeholder}, which a build should have replaced: fill it in.`;
    return unusableHosting(context, { module, origin, detail, detailedErrors, title });
  }

  for (const attribute of ['startupRetryCount', 'forwardWindowsAuthToken'] as const) {
    if (!section.isSet(attribute) || section.get(attribute) === false) continue;
    context.report({
      severity: 'warning',
      ...(section.origin(attribute) ?? nowhere),
      message: `${attribute} has no effect: ${differences[attribute]}`,
    });
  }
  const watched = section.element('recycleOnFileChange').entries()[0];
  if (watched !== undefined) {
    context.report({
      severity: 'warning',
      ...(watched.writtenAt ?? nowhere),
      message: 'recycleOnFileChange has no effect: touch web.config, or recycle the pool, after changing the file.',
    });
  }
  return {
    module,
    settings: {
      processPath,
      arguments: section.get('arguments'),
      hostingModel: 'outofprocess',
      startupTimeLimitSeconds: section.get('startupTimeLimit'),
      shutdownTimeLimitSeconds: shutdownSeconds,
      rapidFailsPerMinute: section.get('rapidFailsPerMinute'),
      requestTimeoutSeconds: section.get('requestTimeout') / 1_000,
      processesPerApplication: section.get('processesPerApplication'),
      stdoutLogEnabled: section.get('stdoutLogEnabled'),
      stdoutLogFile: section.get('stdoutLogFile'),
      disableStartUpErrorPage: false,
      environmentVariables,
      handlerSettings: {},
      origin: origin ?? nowhere,
    },
    detailedErrors,
  };
}

/** The handler has no such setting; this is what the module that followed it waits. */
const shutdownSeconds = 10;

const differences = {
  startupRetryCount: 'a start is tried twice, then rapidFailsPerMinute decides.',
  forwardWindowsAuthToken: 'Linux has no Windows tokens to forward.',
} as const;
