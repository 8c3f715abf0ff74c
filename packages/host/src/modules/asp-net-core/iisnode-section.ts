import type { SectionSchema } from '@poolhouse/configuration';

/**
 * Settings of iisnode, as its last version declares them. The script is named by the handler, not here. An
 * `iisnode.yml` beside it outranks this section.
 */
export const iisnodeSection = {
  path: 'system.webServer/iisnode',
  overrideModeDefault: 'Allow',
  attributes: {
    node_env: { type: 'string', default: '%node_env%', expanded: true },
    asyncCompletionThreadCount: { type: 'uint' },
    nodeProcessCountPerApplication: { type: 'uint', default: 1 },
    nodeProcessCommandLine: { type: 'string', default: 'node.exe', expanded: true },
    interceptor: { type: 'string', expanded: true },
    maxConcurrentRequestsPerProcess: { type: 'uint', default: 1024 },
    maxNamedPipeConnectionRetry: { type: 'uint', default: 100 },
    namedPipeConnectionRetryDelay: { type: 'uint', default: 250, unit: 'milliseconds' },
    maxNamedPipeConnectionPoolSize: { type: 'uint', default: 512 },
    maxNamedPipePooledConnectionAge: { type: 'uint', default: 30_000, unit: 'milliseconds' },
    initialRequestBufferSize: { type: 'uint', default: 4096, unit: 'bytes' },
    maxRequestBufferSize: { type: 'uint', default: 65_536, unit: 'bytes' },
    uncFileChangesPollingInterval: { type: 'uint', default: 5000, unit: 'milliseconds' },
    gracefulShutdownTimeout: { type: 'uint', default: 60_000, unit: 'milliseconds' },
    logDirectory: { type: 'string', default: 'iisnode', expanded: true },
    debuggingEnabled: { type: 'bool', default: true },
    debuggerExtensionDll: { type: 'string', default: 'iisnode-inspector-0.7.3.dll' },
    debugHeaderEnabled: { type: 'bool' },
    debuggerVirtualDir: { type: 'string' },
    debuggerPathSegment: { type: 'string', default: 'debug', expanded: true },
    debuggerPortRange: { type: 'string', default: '5058-6058', expanded: true },
    maxLogFileSizeInKB: { type: 'uint', default: 128 },
    maxTotalLogFileSizeInKB: { type: 'uint', default: 1024 },
    maxLogFiles: { type: 'uint', default: 20 },
    loggingEnabled: { type: 'bool', default: true },
    devErrorsEnabled: { type: 'bool', default: true },
    flushResponse: { type: 'bool' },
    watchedFiles: { type: 'string', default: '*.js;iisnode.yml', expanded: true },
    enableXFF: { type: 'bool' },
    promoteServerVars: { type: 'string' },
    configOverrides: { type: 'string', default: 'iisnode.yml', expanded: true },
    recycleSignalEnabled: { type: 'bool' },
    idlePageOutTimePeriod: { type: 'uint', unit: 'milliseconds' },
    skipIISCustomErrors: { type: 'bool' },
  },
} as const satisfies SectionSchema;

export type IisnodeSetting = keyof (typeof iisnodeSection)['attributes'];
