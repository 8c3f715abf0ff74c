import type { ApplicationSettings, HostingSettings } from '../../activation/revision.ts';

const origin = { file: 'web.config', line: 3, column: 5 };

/** An out-of-process `node .\server.js` with the defaults of the module. */
export function hostingSettings(overrides: Partial<HostingSettings> = {}): HostingSettings {
  return {
    ...{ processPath: 'node', arguments: '.\\server.js', hostingModel: 'outofprocess', origin },
    ...{
      startupTimeLimitSeconds: 120,
      shutdownTimeLimitSeconds: 10,
      rapidFailsPerMinute: 10,
      requestTimeoutSeconds: 120,
    },
    ...{
      processesPerApplication: 1,
      stdoutLogEnabled: false,
      stdoutLogFile: '.\\aspnetcore-stdout',
      disableStartUpErrorPage: false,
    },
    ...{ environmentVariables: [], handlerSettings: {} },
    ...overrides,
  };
}

export function applicationSettings(overrides: Partial<ApplicationSettings> = {}): ApplicationSettings {
  return {
    ...{
      id: 'shop/',
      site: 'shop',
      siteId: 1,
      path: '/',
      pool: 'shop',
      physicalPath: '/srv/shop',
      preloadEnabled: false,
    },
    ...{ httpsPorts: [], authenticationSchemes: ['anonymous'], webSocketsEnabled: true },
    hosting: hostingSettings(),
    ...overrides,
  };
}
