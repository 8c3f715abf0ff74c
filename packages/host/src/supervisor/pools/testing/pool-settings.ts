import type { ApplicationPoolSettings } from '../../activation/revision.ts';
import type { HostedApplication } from '../pool-state.ts';

type Overrides = {
  readonly [Key in keyof ApplicationPoolSettings]?: ApplicationPoolSettings[Key] extends object
    ? Partial<ApplicationPoolSettings[Key]>
    : ApplicationPoolSettings[Key];
};

/** A pool as an empty `<add name="shop"/>` gives it. */
export function poolSettings(overrides: Overrides = {}): ApplicationPoolSettings {
  return {
    ...{ name: 'shop', autoStart: true, startMode: 'OnDemand', queueLength: 1000, environmentVariables: [] },
    origin: { file: 'applicationHost.config', line: 1, column: 1 },
    keyRing: { store: 'Profile', applicationName: '', profileCompat: 'Helpful' },
    ...overrides,
    processModel: {
      ...{ identityType: 'ApplicationPoolIdentity', userName: '', loadUserProfile: true, setProfileEnvironment: true },
      ...{ manualGroupMembership: false, idleTimeoutMs: 1_200_000, idleTimeoutAction: 'Terminate', maxProcesses: 1 },
      ...{ shutdownTimeLimitMs: 90_000, startupTimeLimitMs: 90_000 },
      ...{ pingingEnabled: true, pingIntervalMs: 30_000, pingResponseTimeMs: 90_000 },
      ...overrides.processModel,
    },
    recycling: {
      disallowOverlappingRotation: false,
      disallowRotationOnConfigChange: false,
      logEventOnRecycle: [
        'Time',
        'Requests',
        'Schedule',
        'Memory',
        'IsapiUnhealthy',
        'OnDemand',
        'ConfigChange',
        'PrivateMemory',
      ],
      periodicRestart: { memoryKiB: 0, privateMemoryKiB: 0, requests: 0, timeMs: 0, scheduleMinutes: [] },
      ...overrides.recycling,
    },
    failure: {
      ...{ loadBalancerCapabilities: 'HttpLevel', orphanWorkerProcess: false, rapidFailProtection: true },
      ...{ rapidFailProtectionIntervalMs: 300_000, rapidFailProtectionMaxCrashes: 5 },
      ...overrides.failure,
    },
  } as ApplicationPoolSettings;
}

/** An in-process Node.js application. */
export const workerApplication: HostedApplication = {
  ...{ id: 'shop/', model: 'inprocess', kind: 'worker', channel: true, processesPerApplication: 1 },
  ...{
    startupLimitMs: 120_000,
    shutdownLimitMs: 10_000,
    rapidFailsPerMinute: 10,
    startErrorPage: true,
    preload: false,
    offlinePage: undefined,
  },
};

/** An out-of-process application. */
export const appApplication: HostedApplication = {
  ...workerApplication,
  id: 'shop/api',
  model: 'outofprocess',
  kind: 'app',
  channel: false,
};

/** What `dotnet publish` leaves: declared in-process, run as a process of its own. */
export const compatApplication: HostedApplication = { ...workerApplication, id: 'shop/net', channel: false };
