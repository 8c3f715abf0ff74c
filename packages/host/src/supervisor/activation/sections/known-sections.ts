import type { SectionSchema } from '@poolhouse/configuration';

type Known = Pick<SectionSchema, 'allowDefinition' | 'overrideModeDefault'> & { readonly paths: readonly string[] };

/**
 * Sections of IIS that Poolhouse knows and that say nothing to it: lists of Windows modules, settings of
 * Windows-only technologies, and what the server keeps for itself. They are accepted in silence.
 */
const meaningless: readonly Known[] = [
  { allowDefinition: 'MachineOnly', overrideModeDefault: 'Deny', paths: ['configProtectedData'] },
  {
    allowDefinition: 'AppHostOnly',
    overrideModeDefault: 'Deny',
    paths: [
      'system.applicationHost/configHistory',
      'system.applicationHost/customMetadata',
      'system.applicationHost/listenerAdapters',
      'system.applicationHost/serviceAutoStartProviders',
      'system.webServer/globalModules',
      'system.webServer/security/isapiCgiRestriction',
      'system.ftpServer/providerDefinitions',
      'moduleProviders',
    ],
  },
  {
    allowDefinition: 'Everywhere',
    overrideModeDefault: 'Deny',
    paths: [
      'system.webServer/asp',
      'system.webServer/cgi',
      'system.webServer/httpTracing',
      'system.webServer/odbcLogging',
      'system.webServer/security/applicationDependencies',
      'system.webServer/serverSideInclude',
      'system.webServer/tracing/traceProviderDefinitions',
      'system.webServer/webdav/authoring',
      'system.webServer/webdav/authoringRules',
      'system.webServer/webdav/globalSettings',
    ],
  },
  { allowDefinition: 'MachineToApplication', overrideModeDefault: 'Deny', paths: ['system.webServer/isapiFilters'] },
  // Open like handlers: files of many applications remove WebDAV or set flags of managed modules here.
  { allowDefinition: 'MachineToApplication', overrideModeDefault: 'Allow', paths: ['system.webServer/modules'] },
  { allowDefinition: 'Everywhere', overrideModeDefault: 'Allow', paths: ['system.webServer/validation'] },
];

/** Sections of IIS that would mean something and that nothing acts on yet: where a file sets one, a warning says so. */
const unserved: readonly Known[] = [
  {
    allowDefinition: 'AppHostOnly',
    overrideModeDefault: 'Deny',
    paths: [
      'system.applicationHost/log',
      'system.webServer/diskCache',
      'system.webServer/fastCgi',
      'system.webServer/proxy',
      'system.webServer/rewrite/globalRules',
      'webFarms',
    ],
  },
  {
    allowDefinition: 'MachineToApplication',
    overrideModeDefault: 'Allow',
    paths: ['system.webServer/applicationInitialization'],
  },
  {
    allowDefinition: 'Everywhere',
    overrideModeDefault: 'Deny',
    paths: [
      'system.webServer/httpLogging',
      'system.webServer/rewrite/allowedServerVariables',
      'system.webServer/security/authentication/clientCertificateMappingAuthentication',
      'system.webServer/security/authentication/digestAuthentication',
      'system.webServer/security/authentication/iisClientCertificateMappingAuthentication',
      'system.webServer/security/dynamicIpSecurity',
      'system.webServer/serverRuntime',
    ],
  },
  {
    allowDefinition: 'Everywhere',
    overrideModeDefault: 'Allow',
    paths: [
      'system.webServer/caching',
      'system.webServer/cors',
      'system.webServer/httpCompression',
      'system.webServer/httpErrors',
      'system.webServer/httpProtocol',
      'system.webServer/httpRedirect',
      'system.webServer/rewrite/outboundRules',
      'system.webServer/rewrite/providers',
      'system.webServer/rewrite/rewriteMaps',
      'system.webServer/rewrite/rules',
      'system.webServer/tracing/traceFailedRequests',
      'system.webServer/urlCompression',
    ],
  },
];

/** Known sections that no code reads, except those that `served` has taken over. */
export function knownSections(served: ReadonlySet<string>): readonly SectionSchema[] {
  const list = (groups: readonly Known[], bodyPolicy: 'ignore' | 'ignoreWithWarning'): SectionSchema[] =>
    groups.flatMap(({ paths, ...common }) =>
      paths.filter((path) => !served.has(path)).map((path) => ({ path, bodyPolicy, ...common })),
    );
  return [...list(meaningless, 'ignore'), ...list(unserved, 'ignoreWithWarning')];
}

/** Groups and sections of machine.config, that is of the .NET Framework: everything in them is skipped. */
export const frameworkSections: readonly string[] = [
  'appSettings',
  'assemblyBinding',
  'configBuilders',
  'connectionStrings',
  'mscorlib',
  'runtime',
  'satelliteassemblies',
  'startup',
  'system.codedom',
  'system.data',
  'system.data.dataset',
  'system.data.odbc',
  'system.data.oledb',
  'system.data.oracleclient',
  'system.data.sqlclient',
  'system.diagnostics',
  'system.identityModel',
  'system.identityModel.services',
  'system.net',
  'system.runtime.caching',
  'system.runtime.remoting',
  'system.runtime.serialization',
  'system.serviceModel',
  'system.serviceModel.activation',
  'system.transactions',
  'system.web',
  'system.web.extensions',
  'system.windows.forms',
  'system.xaml.hosting',
  'system.xml.serialization',
  'uri',
  'windows',
];
