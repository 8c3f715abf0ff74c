import { describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import type { InjectedRequest } from '../../gateway/testing/injected-exchange.ts';
import { requestFilteringModule } from './module.ts';
import type { FilteringRule, RequestFilteringSettings } from './settings.ts';

const defaults: RequestFilteringSettings = {
  maxAllowedContentLength: 30_000_000,
  maxUrl: 4_096,
  maxQueryString: 2_048,
  maxUrlSegments: 32,
  allowDoubleEscaping: false,
  allowHighBitCharacters: true,
  unescapeQueryString: true,
  verbs: { allowUnlisted: true, allowed: [], denied: [] },
  fileExtensions: { allowUnlisted: true, allowed: [], denied: ['.config', '.cs'] },
  hiddenSegments: ['web.config', 'bin', 'app_code', 'priv\u00e9'],
  denyUrlSequences: [],
  alwaysAllowedUrls: [],
  denyQueryStringSequences: [],
  alwaysAllowedQueryStrings: [],
  headerLimits: [],
  filteringRules: [],
};

/** `next`, or the status with its sub-status. */
async function filter(request: InjectedRequest, settings: Partial<RequestFilteringSettings> = {}): Promise<string> {
  const module = requestFilteringModule.create({ ...defaults, ...settings }, undefined as never);
  const exchange = injectExchange(request);
  if ((await module.handle(exchange)) === 'next') return 'next';
  const { status, subStatus } = await exchange.answer;
  return `${status}.${subStatus}`;
}

const get = (target: string): InjectedRequest => ({ target });
const rule: FilteringRule = {
  scanUrl: false,
  scanQueryString: false,
  scanAllRaw: false,
  denyUnescapedPercent: true,
  scanHeaders: [],
  appliesTo: [],
  denyStrings: [],
};

describe('requestFilteringModule', () => {
  it.each([
    ['', '/', 'next'],
    ['', '/a/b?c=d', 'next'],
    ['', '/binary', 'next'],
    ['', '/x/configuration', 'next'],
    ['H-108', '/%77eb.config', '404.8'],
    ['H-108', '/WEB.CONFIG', '404.8'],
    ['H-108', '/web.config.', '404.8'],
    ['H-108', '/web.config%20', '404.8'],
    ['H-108', '/web.config::$DATA', '404.8'],
    ['H-108', '/web.config/', '404.8'],
    ['H-107', '/a%5cweb.config', '404.8'],
    ['H-107', '/a\\web.config', '404.8'],
    ['H-116', '/bin/x', '404.8'],
    ['H-116', '/BIN', '404.8'],
    ['H-116', '/app.config', '404.7'],
    ['H-116', '/app.config/x', '404.7'],
    ['', '/Program.CS', '404.7'],
    ['H-108', '/priv%C3%A9/x', '404.8'],
    ['H-108 decomposed', '/prive%CC%81/x', '404.8'],
    ['H-108 capital', '/PRIV%C3%89/x', '404.8'],
    ['', '/archive.cs.zip', 'next'],
    ['H-109', '/a%252e', '404.11'],
    ['H-109', '/100%25', 'next'],
    ['H-106', '/bin%2fx', '404.8'],
    ['H-113', '/a'.repeat(32), 'next'],
    ['H-113', `${'/a'.repeat(32)}/`, 'next'],
    ['H-113', '/a'.repeat(33), '404.20'],
    ['H-117', `/?${'a'.repeat(2_048)}`, 'next'],
    ['H-117', `/?${'a'.repeat(2_049)}`, '404.15'],
    ['', `/${'a'.repeat(250)}`.repeat(16) + '/'.repeat(4_096 - 16 * 251), 'next'],
    ['', `/${'a'.repeat(250)}`.repeat(16) + '/'.repeat(4_097 - 16 * 251), '404.14'],
  ])('%s answers %.60s with %s by default', async (_, target, expected) => {
    expect(await filter(get(target))).toBe(expected);
  });

  it('H-109 lets a doubly escaped path pass where that is allowed', async () => {
    expect(await filter(get('/a%252e'), { allowDoubleEscaping: true })).toBe('next');
  });

  it('H-116 refuses characters above ASCII where they are not allowed', async () => {
    expect(await filter(get('/%c3%a9'))).toBe('next');
    expect(await filter(get('/%c3%a9'), { allowHighBitCharacters: false })).toBe('404.12');
  });

  it.each([
    ['GET', { allowUnlisted: true, allowed: [], denied: ['TRACE'] }, 'next'],
    ['TRACE', { allowUnlisted: true, allowed: [], denied: ['TRACE'] }, '404.6'],
    ['trace', { allowUnlisted: true, allowed: [], denied: ['TRACE'] }, 'next'],
    ['GET', { allowUnlisted: false, allowed: ['GET'], denied: [] }, 'next'],
    ['PUT', { allowUnlisted: false, allowed: ['GET'], denied: [] }, '404.6'],
  ])('H-116 takes the verb %s with %j: %s', async (method, verbs, expected) => {
    expect(await filter({ method }, { verbs })).toBe(expected);
  });

  it('H-132 refuses OPTIONS where verbs deny it', async () => {
    const verbs = { allowUnlisted: true, allowed: [], denied: ['OPTIONS'] };
    expect(await filter({ method: 'OPTIONS' }, { verbs })).toBe('404.6');
  });

  it.each([
    ['/a/../b', '404.5'],
    ['/a..b', '404.5'],
    ['/a:b', '404.5'],
    ['/a%3ab', '404.5'],
    ['/plain', 'next'],
    ['/Always:Allowed', 'next'],
    ['/always:allowed/bin', '404.5'],
  ])('H-116 H-117 answers %s with %s when `..` and `:` are denied', async (target, expected) => {
    const settings = { denyUrlSequences: ['..', ':'], alwaysAllowedUrls: ['/always:allowed'] };
    expect(await filter(get(target), settings)).toBe(expected);
  });

  it('H-117 lets alwaysAllowedUrls override sequences only', async () => {
    const settings = { denyUrlSequences: [':'], alwaysAllowedUrls: ['/a:b/bin'] };
    expect(await filter(get('/a:b/bin'), settings)).toBe('404.8');
  });

  it.each([
    ['/?q=<script>', true, '404.18'],
    ['/?q=%3Cscript%3e', true, '404.18'],
    ['/?q=%3Cscript%3e', false, 'next'],
    ['/?q=%3cSCRIPT', true, '404.18'],
    ['/?fine=%3cscript', true, 'next'],
    ['/?q=%', true, 'next'],
    ['/?', true, 'next'],
  ])(
    'H-117 answers %s (unescapeQueryString=%s) with %s when `<script` is denied',
    async (target, unescape, expected) => {
      const settings = {
        denyQueryStringSequences: ['<script'],
        alwaysAllowedQueryStrings: ['fine=%3cscript'],
        unescapeQueryString: unescape,
      };
      expect(await filter(get(target), settings)).toBe(expected);
    },
  );

  it.each([
    ['30000000', 'next'],
    ['30000001', '413.1'],
    ['18446744073709551616', '413.1'],
  ])('H-118 answers a declared length of %s with %s', async (length, expected) => {
    expect(await filter({ method: 'POST', headers: { 'Content-Length': length } })).toBe(expected);
  });

  it('H-118 bounds a body of unknown length, and only that', async () => {
    const module = requestFilteringModule.create(defaults, undefined as never);
    const limitsOf = async (request: InjectedRequest) => {
      const exchange = injectExchange(request);
      await module.handle(exchange);
      return exchange.bodyLimits;
    };
    const limit = { bytes: 30_000_000, status: 413, subStatus: 1 };
    expect(await limitsOf({ method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } })).toEqual([limit]);
    expect(await limitsOf({ method: 'POST', version: '2.0' })).toEqual([limit]);
    expect(await limitsOf({ method: 'POST', headers: { 'Content-Length': '5' } })).toEqual([]);
    expect(await limitsOf({})).toEqual([]);
  });

  it.each([
    ['x: ten bytes!', 10, '1234567890', 'next'],
    ['x: eleven', 10, '12345678901', '431.0'],
    ['denied though empty', 0, '', '431.0'],
  ])('H-119 %s', async (_, bytes, value, expected) => {
    expect(await filter({ headers: { X: value } }, { headerLimits: [['x', bytes]] })).toBe(expected);
    expect(await filter({}, { headerLimits: [['x', bytes]] })).toBe('next');
  });

  it.each([
    ['/a.jpg', 'BadBot/1.0', '404.19'],
    ['/a.png', 'BadBot/1.0', 'next'],
    ['/a.jpg', 'Good/1.0', 'next'],
  ])('H-120 answers %s from %s with %s when a rule scans User-Agent for .jpg', async (target, agent, expected) => {
    const filteringRules = [{ ...rule, scanHeaders: ['user-agent'], appliesTo: ['.jpg'], denyStrings: ['badbot'] }];
    expect(await filter({ target, headers: { 'User-Agent': agent } }, { filteringRules })).toBe(expected);
  });

  it.each([
    ['URL', { scanUrl: true }, { target: '/a/SECRET' }, '404.19'],
    ['URL only', { scanUrl: true }, { target: '/a?secret' }, 'next'],
    ['query', { scanQueryString: true }, { target: '/?a=%73ecret' }, '404.19'],
    ['all fields', { scanAllRaw: true }, { headers: { 'X-Any': 'Secret' } }, '404.19'],
    ['bare percent in the query', { scanQueryString: true }, { target: '/?a=100%' }, '404.19'],
    ['bare percent, allowed', { scanQueryString: true, denyUnescapedPercent: false }, { target: '/?a=100%' }, 'next'],
  ])('a rule scans %s', async (_, part, request, expected) => {
    expect(await filter(request, { filteringRules: [{ ...rule, denyStrings: ['secret'], ...part }] })).toBe(expected);
  });

  it.each([
    ['/', '404.7'],
    ['/page.htm', 'next'],
    ['/page.php', '404.7'],
    ['/name', '404.7'],
  ])('answers %s with %s when only .htm is listed', async (target, expected) => {
    const fileExtensions = { allowUnlisted: false, allowed: ['.htm'], denied: [] };
    expect(await filter(get(target), { fileExtensions })).toBe(expected);
  });

  it('takes `.` for names without extension', async () => {
    const fileExtensions = { allowUnlisted: false, allowed: ['.'], denied: [] };
    expect(await filter(get('/'), { fileExtensions })).toBe('next');
    expect(await filter(get('/name'), { fileExtensions })).toBe('next');
    expect(await filter(get('/a.b'), { fileExtensions })).toBe('404.7');
  });
});
