import type { ScopePlan } from '@poolhouse/contract';
import type { CompiledApplication, CompiledSite, ContentRequest } from './content-reader.ts';

/**
 * Supervisor and reader over Node.js IPC, JSON. One reader serves one request and ends:
 *
 *   supervisor                      reader, as the gateway's user
 *      │ begin {request, host} ──────►  │
 *      │ site {index, site} ─────────►  │  once for each site
 *      │ ◄──────── compiled {index, …}  │  in any order
 *      │ (kills it)                     │
 */
export type ToReader =
  | { readonly type: 'begin'; readonly request: Omit<ContentRequest, 'sites'>; readonly host: ReaderHost }
  | { readonly type: 'site'; readonly index: number; readonly site: ContentRequest['sites'][number] };

/** What the compilers of the modules need to know of the host. */
export interface ReaderHost {
  /** Variables that the ASP.NET Core Module reads from its own process, `ANCM_LAUNCHER_PATH` and the like. */
  readonly environment: Readonly<Record<string, string>>;
  readonly processors: number;
  readonly version: string;
}

export type FromReader =
  | { readonly type: 'compiled'; readonly index: number; readonly site: CompiledSite }
  /** One site could not be compiled; the reader goes on with the next. */
  | { readonly type: 'failed'; readonly index: number; readonly message: string };

/** Largest answer for one site, characters of JSON. */
export const answerLimit = 32 * 1024 * 1024;

/**
 * Checks an answer against what was asked: the reader parses files of strangers, so nothing it says is taken on
 * trust. What it may decide is what a web.config may decide, for the sites it was asked about.
 */
export function parseReaderMessage(value: unknown, sites: ContentRequest['sites']): FromReader | undefined {
  if (!isObject(value)) return undefined;
  const { index, site } = value;
  const asked = typeof index === 'number' ? sites[index] : undefined;
  if (value['type'] === 'failed') {
    return asked !== undefined && isText(value['message']) ? (value as FromReader) : undefined;
  }
  if (value['type'] !== 'compiled' || asked === undefined || !isObject(site)) return undefined;
  const applications = site['applications'];
  const settings = site['settings'];
  const isRight =
    site['id'] === asked.id &&
    Array.isArray(settings) &&
    Array.isArray(applications) &&
    applications.length === asked.applications.length &&
    applications.every((application, place) =>
      isApplication(application, asked.applications[place]?.id, settings.length),
    ) &&
    isListOf(site['diagnostics'], isDiagnostic) &&
    isListOf(site['ignored'], (one) => isText(one['section']) && isObject(one['origin']) && isOrigin(one['origin'])) &&
    isListOf(site['files'], isStamp);
  return isRight ? (value as FromReader) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isApplication(value: unknown, id: string | undefined, settings: number): value is CompiledApplication {
  if (!isObject(value)) return false;
  const { authenticationSchemes: schemes, offlinePage, hosting } = value;
  return (
    value['id'] === id &&
    Array.isArray(schemes) &&
    schemes.every((scheme) => ['windows', 'basic', 'anonymous'].includes(scheme as string)) &&
    typeof value['webSocketsEnabled'] === 'boolean' &&
    (offlinePage === undefined || isAbsolute(offlinePage)) &&
    (hosting === undefined || (isObject(hosting) && isHosting(hosting))) &&
    isListOf(value['scopes'], (scope) => isScope(scope, settings)) &&
    (value['scopes'] as unknown[]).length > 0
  );
}

function isScope({ path, modules, broken }: Fields, settings: number): boolean {
  const isModule = (one: Fields): boolean =>
    isText(one['id']) && isCount(one['settings']) && (one['settings'] as number) < settings;
  return isAbsolute(path) && isListOf(modules, isModule) && (broken === undefined || isFailure(broken));
}

function isFailure(value: unknown): value is ScopePlan['broken'] {
  return (
    isObject(value) &&
    [value['status'], value['subStatus']].every(isCount) &&
    isText(value['title']) &&
    (value['detail'] === undefined || isText(value['detail'])) &&
    typeof value['page'] === 'boolean'
  );
}

const hostingTexts = ['processPath', 'arguments', 'stdoutLogFile'];
const hostingCounts = [
  'startupTimeLimitSeconds',
  'shutdownTimeLimitSeconds',
  'rapidFailsPerMinute',
  'requestTimeoutSeconds',
  'processesPerApplication',
];

function isHosting(value: Fields): boolean {
  const { environmentVariables, handlerSettings, hostingModel, origin } = value;
  return (
    hostingTexts.every((name) => isText(value[name])) &&
    hostingCounts.every((name) => isCount(value[name])) &&
    (hostingModel === 'inprocess' || hostingModel === 'outofprocess') &&
    ['stdoutLogEnabled', 'disableStartUpErrorPage'].every((name) => typeof value[name] === 'boolean') &&
    Array.isArray(environmentVariables) &&
    environmentVariables.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText)) &&
    isObject(handlerSettings) &&
    Object.values(handlerSettings).every(isText) &&
    isObject(origin) &&
    isOrigin(origin)
  );
}

function isDiagnostic(value: Fields): boolean {
  return (
    (value['severity'] === 'error' || value['severity'] === 'warning') && isText(value['message']) && isOrigin(value)
  );
}

function isStamp({ path, role, level, stamp, searched }: Fields): boolean {
  return (
    isAbsolute(path) &&
    ['content', 'include', 'offline'].includes(role as string) &&
    isText(level) &&
    (stamp === undefined || isText(stamp)) &&
    (searched === undefined || searched === 'mapped' || searched === 'below')
  );
}

function isOrigin({ file, line, column }: Fields): boolean {
  return isText(file) && isCount(line) && isCount(column);
}

function isListOf(value: unknown, check: (item: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && check(item));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isAbsolute(value: unknown): boolean {
  return isText(value) && value.startsWith('/') && !value.includes('\0');
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
