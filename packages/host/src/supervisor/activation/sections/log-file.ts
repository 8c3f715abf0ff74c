import type { ElementSchema } from '@poolhouse/configuration';

/** Access log of a site: `sites/site/logFile` and its defaults. */
export const logFile = {
  attributes: {
    logExtFileFlags: {
      type: 'flags',
      values: {
        Date: 1,
        Time: 2,
        ClientIP: 4,
        UserName: 8,
        SiteName: 16,
        ComputerName: 32,
        ServerIP: 64,
        Method: 128,
        UriStem: 256,
        UriQuery: 512,
        HttpStatus: 1024,
        Win32Status: 2048,
        BytesSent: 4096,
        BytesRecv: 8192,
        TimeTaken: 16_384,
        ServerPort: 32_768,
        UserAgent: 65_536,
        Cookie: 131_072,
        Referer: 262_144,
        ProtocolVersion: 524_288,
        Host: 1_048_576,
        HttpSubStatus: 2_097_152,
      },
      default: [
        'Date',
        'Time',
        'ClientIP',
        'UserName',
        'ServerIP',
        'Method',
        'UriStem',
        'UriQuery',
        'TimeTaken',
        'HttpStatus',
        'Win32Status',
        'ServerPort',
        'UserAgent',
        'HttpSubStatus',
        'Referer',
      ],
    },
    customLogPluginClsid: { type: 'string' },
    logFormat: { type: 'enum', values: { IIS: 0, NCSA: 1, W3C: 2, Custom: 3 }, default: 'W3C' },
    logTargetW3C: { type: 'flags', values: { File: 1, ETW: 2 }, default: ['File'] },
    directory: { type: 'string', default: '%SystemDrive%\\inetpub\\logs\\LogFiles', expanded: true },
    period: {
      type: 'enum',
      values: { MaxSize: 0, Daily: 1, Weekly: 2, Monthly: 3, Hourly: 4 },
      default: 'Daily',
    },
    truncateSize: {
      type: 'int64',
      default: 20_971_520,
      unit: 'bytes',
      validation: { kind: 'integerRange', min: 1_048_576, max: 4_294_967_295 },
    },
    localTimeRollover: { type: 'bool' },
    enabled: { type: 'bool', default: true },
    logSiteId: { type: 'bool', default: true },
    flushByEntryCountW3CLog: { type: 'uint' },
    maxLogLineLength: { type: 'uint', default: 65_536, validation: { kind: 'integerRange', min: 2, max: 65_536 } },
  },
  elements: {
    customFields: {
      attributes: {
        maxCustomFieldLength: {
          type: 'uint',
          default: 4096,
          validation: { kind: 'integerRange', min: 2, max: 65_536 },
        },
      },
      collection: {
        removeElement: null,
        keys: ['logFieldName'],
        entry: {
          attributes: {
            logFieldName: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
            sourceName: { type: 'string', required: true, validation: { kind: 'nonEmptyString' } },
            sourceType: {
              type: 'enum',
              values: { RequestHeader: 0, ResponseHeader: 1, ServerVariable: 2 },
              required: true,
            },
          },
        },
      },
    },
  },
} as const satisfies ElementSchema;
