import type { ElementSchema, SectionSchema } from '@poolhouse/configuration';

const seconds = { kind: 'timeSpanRange', minSeconds: 1, maxSeconds: 4_294_967 } as const;

const attributes = {
  autoStart: { type: 'bool', default: true },
  startMode: { type: 'enum', values: { OnDemand: 0, AlwaysRunning: 1 }, default: 'OnDemand' },
  queueLength: { type: 'uint', default: 1000, validation: { kind: 'integerRange', min: 10, max: 65_535 } },
  enableConfigurationOverride: { type: 'bool', default: true },
  // Read and kept; nothing on Linux depends on them.
  enable32BitAppOnWin64: { type: 'bool' },
  managedRuntimeVersion: { type: 'string' },
  managedRuntimeLoader: { type: 'string', default: 'webengine4.dll' },
  managedPipelineMode: { type: 'enum', values: { Integrated: 0, Classic: 1 }, default: 'Integrated' },
  CLRConfigFile: { type: 'string', expanded: true },
  passAnonymousToken: { type: 'bool', default: true },
} as const;

const processModel = {
  attributes: {
    identityType: {
      type: 'enum',
      values: { LocalSystem: 0, LocalService: 1, NetworkService: 2, SpecificUser: 3, ApplicationPoolIdentity: 4 },
      default: 'ApplicationPoolIdentity',
    },
    userName: { type: 'string' },
    password: { type: 'string', encrypted: true },
    loadUserProfile: { type: 'bool' },
    setProfileEnvironment: { type: 'bool', default: true },
    logonType: { type: 'enum', values: { LogonBatch: 0, LogonService: 1 }, default: 'LogonBatch' },
    manualGroupMembership: { type: 'bool' },
    idleTimeout: {
      type: 'timeSpan',
      default: '00:20:00',
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 2_592_000, granularitySeconds: 60 },
    },
    idleTimeoutAction: { type: 'enum', values: { Terminate: 0, Suspend: 1 }, default: 'Terminate' },
    maxProcesses: { type: 'uint', default: 1, validation: { kind: 'integerRange', min: 0, max: 2_147_483_647 } },
    shutdownTimeLimit: { type: 'timeSpan', default: '00:01:30', validation: seconds },
    startupTimeLimit: { type: 'timeSpan', default: '00:01:30', validation: seconds },
    pingingEnabled: { type: 'bool', default: true },
    pingInterval: { type: 'timeSpan', default: '00:00:30', validation: seconds },
    pingResponseTime: { type: 'timeSpan', default: '00:01:30', validation: seconds },
    logEventOnProcessModel: { type: 'flags', values: { IdleTimeout: 1 }, default: ['IdleTimeout'] },
    requestQueueDelegatorIdentity: { type: 'string' },
  },
} as const;

const recycling = {
  attributes: {
    disallowOverlappingRotation: { type: 'bool' },
    disallowRotationOnConfigChange: { type: 'bool' },
    logEventOnRecycle: {
      type: 'flags',
      values: {
        Time: 1,
        Requests: 2,
        Schedule: 4,
        Memory: 8,
        IsapiUnhealthy: 16,
        OnDemand: 32,
        ConfigChange: 64,
        PrivateMemory: 128,
      },
      default: [
        'Time',
        'Requests',
        'Schedule',
        'Memory',
        'IsapiUnhealthy',
        'OnDemand',
        'ConfigChange',
        'PrivateMemory',
      ],
    },
  },
  elements: {
    periodicRestart: {
      attributes: {
        memory: { type: 'uint', unit: 'KiB' },
        privateMemory: { type: 'uint', unit: 'KiB' },
        requests: { type: 'uint' },
        time: {
          type: 'timeSpan',
          default: '29:00:00',
          validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 25_920_000, granularitySeconds: 60 },
        },
      },
      elements: {
        schedule: {
          collection: {
            removeElement: null,
            keys: ['value'],
            entry: {
              attributes: {
                value: {
                  type: 'timeSpan',
                  required: true,
                  validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 86_399, granularitySeconds: 60 },
                },
              },
            },
          },
        },
      },
    },
  },
} as const;

const failure = {
  attributes: {
    loadBalancerCapabilities: { type: 'enum', values: { TcpLevel: 1, HttpLevel: 2 }, default: 'HttpLevel' },
    orphanWorkerProcess: { type: 'bool' },
    orphanActionExe: { type: 'string', expanded: true },
    orphanActionParams: { type: 'string', expanded: true },
    rapidFailProtection: { type: 'bool', default: true },
    rapidFailProtectionInterval: {
      type: 'timeSpan',
      default: '00:05:00',
      validation: { kind: 'timeSpanRange', minSeconds: 60, maxSeconds: 8_640_000, granularitySeconds: 60 },
    },
    rapidFailProtectionMaxCrashes: {
      type: 'uint',
      default: 5,
      validation: { kind: 'integerRange', min: 1, max: 2_147_483_647 },
    },
    autoShutdownExe: { type: 'string', expanded: true },
    autoShutdownParams: { type: 'string', expanded: true },
  },
} as const;

const cpu = {
  attributes: {
    limit: {
      type: 'uint',
      unit: 'thousandths of one percent',
      validation: { kind: 'integerRange', min: 0, max: 100_000 },
    },
    action: { type: 'enum', values: { NoAction: 0, KillW3wp: 1, Throttle: 2, ThrottleUnderLoad: 3 } },
    resetInterval: {
      type: 'timeSpan',
      default: '00:05:00',
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 86_400, granularitySeconds: 60 },
    },
    smpAffinitized: { type: 'bool' },
    smpProcessorAffinityMask: { type: 'uint', default: 4_294_967_295 },
    smpProcessorAffinityMask2: { type: 'uint', default: 4_294_967_295 },
    processorGroup: { type: 'int', validation: { kind: 'integerRange', min: 0, max: 2_147_483_647 } },
    numaNodeAssignment: { type: 'enum', values: { MostAvailableMemory: 0, WindowsScheduling: 1 } },
    numaNodeAffinityMode: { type: 'enum', values: { Soft: 0, Hard: 1 } },
  },
} as const;

const environmentVariables = {
  collection: {
    clearElement: null,
    keys: ['name'],
    entry: {
      attributes: {
        // Names mind case on Linux: two that differ in case only are two variables.
        name: { type: 'string', required: true, caseSensitive: true, validation: { kind: 'nonEmptyString' } },
        // Values are secrets as often as not: they never appear in a message.
        value: { type: 'string', required: true, encrypted: true },
      },
    },
  },
} as const;

const elements = { processModel, recycling, failure, cpu, environmentVariables } as const satisfies Record<
  string,
  ElementSchema
>;

const name = { type: 'string', validation: { kind: 'applicationPoolName' } } as const;

/** Pools, and the defaults that hold for all of them. */
export const applicationPoolsSection = {
  path: 'system.applicationHost/applicationPools',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  elements: {
    applicationPoolDefaults: { isCollectionDefault: true, attributes: { name, ...attributes }, elements },
  },
  collection: {
    removeElement: null,
    clearElement: null,
    keys: ['name'],
    defaultElement: 'applicationPoolDefaults',
    entry: { attributes: { name: { ...name, required: true }, ...attributes }, elements },
  },
} as const satisfies SectionSchema;
