import type { ElementSchema, SectionSchema } from '@poolhouse/configuration';
import { logFile } from './log-file.ts';

const bindings = {
  collection: {
    addElement: 'binding',
    removeElement: null,
    keys: ['protocol', 'bindingInformation'],
    keyKind: 'combined',
    entry: {
      attributes: {
        protocol: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
        bindingInformation: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
        sslFlags: { type: 'uint' },
        // Written by administration scripts; on Windows the certificate of a binding is kept elsewhere.
        certificateHash: { type: 'string' },
        certificateStoreName: { type: 'string' },
      },
    },
  },
} as const;

const limits = {
  attributes: {
    maxBandwidth: {
      type: 'uint',
      default: 4_294_967_295,
      unit: 'bytes per second',
      validation: { kind: 'integerRange', min: 0, max: 1023, exclude: true },
    },
    maxConnections: { type: 'uint', default: 4_294_967_295 },
    connectionTimeout: {
      type: 'timeSpan',
      default: '00:02:00',
      validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 65_535 },
    },
    maxUrlSegments: { type: 'uint', default: 32, validation: { kind: 'integerRange', min: 0, max: 16_383 } },
  },
} as const;

const traceFailedRequestsLogging = {
  attributes: {
    enabled: { type: 'bool' },
    directory: { type: 'string', default: '%SystemDrive%\\inetpub\\logs\\FailedReqLogFiles', expanded: true },
    maxLogFiles: { type: 'uint', default: 50, validation: { kind: 'integerRange', min: 1, max: 10_000 } },
    maxLogFileSizeKB: { type: 'uint', default: 1024, validation: { kind: 'integerRange', min: 0, max: 1_048_576 } },
    customActionsEnabled: { type: 'bool' },
  },
} as const;

const hsts = {
  attributes: {
    enabled: { type: 'bool' },
    'max-age': { type: 'uint', unit: 'seconds' },
    includeSubDomains: { type: 'bool' },
    preload: { type: 'bool' },
    redirectHttpToHttps: { type: 'bool' },
  },
} as const;

const virtualDirectory = {
  path: { type: 'string', validation: { kind: 'virtualDirectoryPath' } },
  physicalPath: { type: 'string', expanded: true },
  userName: { type: 'string' },
  password: { type: 'string', encrypted: true },
  logonMethod: {
    type: 'enum',
    values: { Interactive: 0, Batch: 1, Network: 2, ClearText: 3 },
    default: 'ClearText',
  },
  allowSubDirConfig: { type: 'bool', default: true },
} as const;

const virtualDirectoryDefaults = { isCollectionDefault: true, attributes: virtualDirectory } as const;

const application = {
  path: { type: 'string', validation: { kind: 'applicationPath' } },
  applicationPool: { type: 'string', validation: { kind: 'applicationPoolName' } },
  /** Comma-separated; `http` covers https. */
  enabledProtocols: { type: 'string', default: 'http' },
  serviceAutoStartEnabled: { type: 'bool' },
  serviceAutoStartProvider: { type: 'string' },
  preloadEnabled: { type: 'bool' },
} as const;

const applicationDefaults = { isCollectionDefault: true, attributes: application } as const;

const siteAttributes = { serverAutoStart: { type: 'bool', default: true } } as const;
const siteElements = {
  bindings,
  limits,
  logFile,
  traceFailedRequestsLogging,
  hsts,
  // Of the FTP role, which hooks into sites without being a part of them.
  ftpServer: { ignored: true },
} as const satisfies Record<string, ElementSchema>;

/** Sites with their bindings, applications and virtual directories, and the defaults that hold for them. */
export const sitesSection = {
  path: 'system.applicationHost/sites',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  elements: {
    siteDefaults: {
      isCollectionDefault: true,
      attributes: {
        name: { type: 'string', validation: { kind: 'siteName' } },
        id: { type: 'uint' },
        ...siteAttributes,
      },
      elements: siteElements,
    },
    applicationDefaults,
    virtualDirectoryDefaults,
  },
  collection: {
    addElement: 'site',
    removeElement: null,
    clearElement: null,
    keys: ['name', 'id'],
    defaultElement: 'siteDefaults',
    entry: {
      attributes: {
        name: { type: 'string', required: true, validation: { kind: 'siteName' } },
        id: { type: 'uint', required: true, validation: { kind: 'integerRange', min: 1, max: 4_294_967_295 } },
        ...siteAttributes,
      },
      elements: { ...siteElements, applicationDefaults, virtualDirectoryDefaults },
      collection: {
        addElement: 'application',
        removeElement: null,
        clearElement: null,
        keys: ['path'],
        defaultElement: 'applicationDefaults',
        entry: {
          attributes: { ...application, path: { ...application.path, required: true } },
          elements: { virtualDirectoryDefaults },
          collection: {
            addElement: 'virtualDirectory',
            removeElement: null,
            clearElement: null,
            keys: ['path'],
            defaultElement: 'virtualDirectoryDefaults',
            entry: { attributes: virtualDirectory },
          },
        },
      },
    },
  },
} as const satisfies SectionSchema;

export type SiteElement = (typeof sitesSection)['collection']['entry'];
export type ApplicationElement = SiteElement['collection']['entry'];
export type BindingElement = (typeof bindings)['collection']['entry'];
