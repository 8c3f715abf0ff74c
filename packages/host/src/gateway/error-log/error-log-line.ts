import type { ErrorLogPlan } from '@poolhouse/contract';
import type { ErrorLogEntry } from './error-log-entry.ts';

type ErrorLogFormat = ErrorLogPlan['format'];

const fieldNames = [
  ...['date', 'time', 'c-ip', 'c-port', 's-ip', 's-port', 'cs-version', 'cs-method', 'cs-uri'],
  ...['sc-status', 's-siteid', 's-reason', 's-queuename'],
] as const;

const methodBytes = 255;
const uriBytes = 4_096;

/**
 * One line, ending in a line break. Text: fields in their order, one space between, `-` for what is not there; blanks
 * and control characters within a value become `+`, so that nobody writes lines of his own. Time is UTC.
 */
export function formatErrorLogLine(entry: ErrorLogEntry, epochMs: number, format: ErrorLogFormat): string {
  const { client, request, status, reason, siteId, queue } = entry;
  const [date, time] = dateAndTime(epochMs);
  const values = [
    date,
    time,
    client.remoteAddress,
    client.remotePort,
    client.localAddress,
    client.localPort,
    versionOf(request?.version),
    request?.method.slice(0, methodBytes),
    request?.target.slice(0, uriBytes),
    status === 0 ? undefined : status,
    siteId,
    reason,
    queue,
  ];
  if (format === 'Text') return `${values.map(textOf).join(' ')}\n`;
  const given = fieldNames.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]]));
  return `${JSON.stringify(Object.fromEntries(given))}\n`;
}

/** What a text file begins with; a JSON file needs nothing. */
export function errorLogHead(epochMs: number, format: ErrorLogFormat): string {
  if (format === 'Json') return '';
  const [date, time] = dateAndTime(epochMs);
  return `#Software: Poolhouse\n#Version: 1.0\n#Date: ${date} ${time}\n#Fields: ${fieldNames.join(' ')}\n`;
}

function textOf(value: string | number | undefined): string {
  if (value === undefined || value === '') return '-';
  return typeof value === 'number' ? String(value) : value.replace(/[\u0000-\u0020\u007f-\u00a0\u2028\u2029]/g, '+');
}

function versionOf(version: string | undefined): string | undefined {
  if (version === undefined || version === '') return undefined;
  return /^\d\.\d$/.test(version) ? `HTTP/${version}` : 'HTTP/?.?';
}

function dateAndTime(epochMs: number): [date: string, time: string] {
  const text = new Date(epochMs).toISOString();
  return [text.slice(0, 10), text.slice(11, 19)];
}
