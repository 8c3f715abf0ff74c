import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import type { InjectedRequest } from '../../gateway/testing/injected-exchange.ts';
import { contentOf } from '../content/content.ts';
import { placeOf } from '../content/place.ts';
import { recordedServices, startEpoch } from '../testing/module-services.ts';
import type { RecordedServices } from '../testing/module-services.ts';
import { createStaticFile } from './module.ts';
import type { StaticFileSettings } from './settings.ts';

const defaults: StaticFileSettings = {
  mimeTypes: {},
  clientCache: { mode: 'NoControl', maxAgeSeconds: 86_400, expires: '', custom: '', setEtag: true },
  redirectFolders: true,
  pathCase: 'fallback',
};

/** Time of change of every file here. */
const changed = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const changedText = 'Fri, 02 Jan 2026 03:04:05 GMT';

let root: string;
let services: RecordedServices;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'static-'));
  services = recordedServices();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, bytes: string | Uint8Array, ms = changed): void {
  writeFileSync(join(root, name), bytes);
  utimesSync(join(root, name), ms / 1_000, ms / 1_000);
}

async function serve(request: InjectedRequest, settings: Partial<StaticFileSettings> = {}) {
  const exchange = injectExchange({ physicalPath: root, ...request });
  const place = placeOf(exchange.route);
  if (place === undefined) throw new Error('no place');
  const resource = await contentOf(services).locate(place, 'fallback');
  const handler = createStaticFile({ ...defaults, ...settings }, services);
  const outcome = await handler.execute({
    exchange,
    path: exchange.route.cookedPath,
    place,
    resource,
    child: undefined,
  });
  expect(outcome).toBe('done');
  return exchange.answer;
}

const get = (target: string, headers: Record<string, string> = {}, settings: Partial<StaticFileSettings> = {}) =>
  serve({ target, headers }, settings);

/** Files of one size are read from memory, of the other as a stream: every case holds for both. */
const sizes = [
  ['small', 1_000],
  ['large', 600_000],
] as const;
const bytesOf = (size: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251));

describe.each(sizes)('a %s file', (_, size) => {
  const bytes = bytesOf(size);
  beforeEach(() => write('f.bin', bytes));

  it('goes out whole, with its validators', async () => {
    const answer = await get('/f.bin');
    expect(answer.status).toBe(200);
    expect(answer.body.equals(bytes)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'accept-ranges': 'bytes',
      'last-modified': changedText,
      etag: expect.stringMatching(new RegExp(`^"[0-9a-f]{15}:${size.toString(16)}"$`)),
    });
  });

  it('H-134 gives HEAD the fields of GET and no body', async () => {
    const [head, whole] = [await serve({ method: 'HEAD', target: '/f.bin' }), await get('/f.bin')];
    expect(head.body).toHaveLength(0);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
  });

  it('H-135 answers 304 with what a cache needs', async () => {
    const etag = (await get('/f.bin')).headers.get('etag') as string;
    const answer = await get(
      '/f.bin',
      { 'If-None-Match': etag },
      { clientCache: { ...defaults.clientCache, custom: 'public' } },
    );
    expect(answer.status).toBe(304);
    expect(Object.fromEntries(answer.headers)).toEqual({
      etag,
      'last-modified': changedText,
      'cache-control': 'public',
    });
    expect((await get('/f.bin', { 'If-Modified-Since': changedText })).status).toBe(304);
  });

  it('H-135 answers 412 when the client means another version', async () => {
    expect((await get('/f.bin', { 'If-Match': '"x"' })).status).toBe(412);
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=-5', -5, -1],
    ['bytes=990-', 990, -1],
    ['bytes=0-18446744073709551615', 0, -1],
  ])('H-136 sends %s', async (range, from, to) => {
    const [first, last] = [from, to].map((position) => (position < 0 ? size + position : position)) as [number, number];
    const answer = await get('/f.bin', { Range: range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/${size}`);
    expect(answer.headers.get('content-length')).toBe(String(last - first + 1));
    expect(answer.body.equals(bytes.subarray(first, last + 1))).toBe(true);
  });

  it('H-136 sends several ranges as parts', async () => {
    const answer = await get('/f.bin', { Range: 'bytes=0-3,500-509,-2' });
    const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(answer.headers.get('content-type') ?? '')?.[1];
    const part = (first: number, last: number) =>
      Buffer.concat([
        Buffer.from(
          `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${first}-${last}/${size}\r\n\r\n`,
        ),
        bytes.subarray(first, last + 1),
        Buffer.from('\r\n'),
      ]);
    const expected = Buffer.concat([
      part(0, 3),
      part(500, 509),
      part(size - 2, size - 1),
      Buffer.from(`--${boundary}--\r\n`),
    ]);
    expect(answer.status).toBe(206);
    expect(answer.body.equals(expected)).toBe(true);
    expect(answer.headers.get('content-length')).toBe(String(expected.length));
  });

  it('H-136 answers 416 with the size, and ignores what it cannot read', async () => {
    const answer = await get('/f.bin', { Range: `bytes=${size}-` });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe(`bytes */${size}`);
    expect((await get('/f.bin', { Range: 'bytes=9-1' })).status).toBe(200);
    expect((await serve({ method: 'HEAD', target: '/f.bin', headers: { Range: 'bytes=0-1' } })).status).toBe(200);
  });

  it('H-137 sends the whole when If-Range means another version', async () => {
    const etag = (await get('/f.bin')).headers.get('etag') as string;
    expect((await get('/f.bin', { Range: 'bytes=0-1', 'If-Range': etag })).status).toBe(206);
    expect((await get('/f.bin', { Range: 'bytes=0-1', 'If-Range': '"stale:0"' })).status).toBe(200);
  });

  it('takes a new version when the old one is gone before it could be opened', async () => {
    await get('/f.bin');
    const next = bytesOf(size + 1);
    write('f.bin', next, changed + 5_000);
    services.advance(size > 100_000 ? 0 : 1_000);
    expect((await get('/f.bin')).body.equals(next)).toBe(true);
  });
});

describe('static files', () => {
  it('serves an empty file', async () => {
    write('empty.txt', '');
    expect(await get('/empty.txt')).toMatchObject({ status: 200, text: '' });
    expect((await get('/empty.txt', { Range: 'bytes=0-' })).status).toBe(416);
  });

  it('breaks off when a file becomes shorter while it is sent, and closes it', async () => {
    write('f.bin', bytesOf(2_000_000));
    const before = readdirSync('/dev/fd').length;
    const exchange = injectExchange({ physicalPath: root, target: '/f.bin' });
    const place = placeOf(exchange.route);
    if (place === undefined) throw new Error('no place');
    const resource = await contentOf(services).locate(place, 'fallback');
    const stream = exchange.stream.bind(exchange);
    exchange.stream = (answer) => {
      truncateSync(join(root, 'f.bin'), 300_000);
      return stream(answer);
    };
    const outcome = await createStaticFile(defaults, services).execute({
      exchange,
      path: '/f.bin',
      place,
      resource,
      child: undefined,
    });
    expect(outcome).toBe('done');
    await expect(exchange.answer).rejects.toThrow('the file ends at byte 300000');
    expect(services.events).toMatchObject([{ name: 'content.failed', fields: { path: join(root, 'f.bin') } }]);
    expect(readdirSync('/dev/fd')).toHaveLength(before);
  });

  it('closes the file when the client leaves', async () => {
    write('f.bin', bytesOf(2_000_000));
    await get('/f.bin');
    const before = readdirSync('/dev/fd').length;
    const exchange = injectExchange({ physicalPath: root, target: '/f.bin' });
    exchange.abort();
    const place = placeOf(exchange.route);
    if (place === undefined) throw new Error('no place');
    const resource = await contentOf(services).locate(place, 'fallback');
    await createStaticFile(defaults, services).execute({ exchange, path: '/f.bin', place, resource, child: undefined });
    expect(readdirSync('/dev/fd')).toHaveLength(before);
  });

  it('says Last-Modified never later than now', async () => {
    write('future.txt', 'x', startEpoch + 1_000_000_000);
    expect((await get('/future.txt')).headers.get('last-modified')).toBe(new Date(startEpoch).toUTCString());
  });

  it.each([
    [{ mode: 'NoControl' }, undefined, undefined],
    [{ mode: 'DisableCache' }, 'no-cache', undefined],
    [{ mode: 'UseMaxAge' }, 'max-age=86400', undefined],
    [{ mode: 'UseMaxAge', custom: 'public' }, 'max-age=86400,public', undefined],
    [{ mode: 'NoControl', custom: 'private' }, 'private', undefined],
    [{ mode: 'UseExpires', expires: 'Tue, 19 Jan 2038 03:14:07 GMT' }, undefined, 'Tue, 19 Jan 2038 03:14:07 GMT'],
  ] as const)('with clientCache %j sends Cache-Control %s and Expires %s', async (part, cacheControl, expires) => {
    write('a.txt', 'x');
    const { headers } = await get('/a.txt', {}, { clientCache: { ...defaults.clientCache, ...part } });
    expect([headers.get('cache-control'), headers.get('expires')]).toEqual([cacheControl, expires]);
  });

  it('sends no tag where setEtag is off', async () => {
    write('a.txt', 'x');
    const { headers } = await get('/a.txt', {}, { clientCache: { ...defaults.clientCache, setEtag: false } });
    expect(headers.has('etag')).toBe(false);
  });

  it.each([
    ['a.html', {}, 'text/html'],
    ['a.JSON', {}, 'application/json'],
    ['a.mjs', {}, 'text/javascript'],
    ['a.wasm', {}, 'application/wasm'],
    ['a.avif', {}, 'image/avif'],
    ['a.tar.gz', {}, 'application/gzip'],
    ['a.data', { '.data': 'application/x-own' }, 'application/x-own'],
    ['a.what', { '.*': 'application/octet-stream' }, 'application/octet-stream'],
    ['plain', { '.': 'text/plain' }, 'text/plain'],
    ['a.txt', { '.txt': null, '.*': 'x/y' }, 'x/y'],
  ])('gives %s with the types %j the type %s', async (name, mimeTypes, expected) => {
    write(name, 'x');
    expect((await get(`/${name}`, {}, { mimeTypes })).headers.get('content-type')).toBe(expected);
  });

  it.each([
    ['a.unknown', {}],
    ['plain', {}],
    ['a.', {}],
    ['a.dll', {}],
    ['stdout.log', {}],
    ['a.json', { '.json': null }],
  ])('H-134 has no type for %s with %j: 404.3', async (name, mimeTypes) => {
    write(name, 'x');
    expect(await get(`/${name}`, {}, { mimeTypes })).toMatchObject({ status: 404, subStatus: 3 });
  });

  describe('compressed siblings', () => {
    beforeEach(() => {
      write('app.js', 'plain');
      write('app.js.br', 'brotli');
      write('app.js.gz', 'gzip', changed + 1_000);
    });

    it.each([
      [undefined, 'plain', undefined],
      ['br, gzip', 'brotli', 'br'],
      ['gzip', 'gzip', 'gzip'],
      ['gzip;q=1, br;q=0.1', 'gzip', 'gzip'],
      ['identity, br;q=0.5', 'plain', undefined],
      ['identity;q=0, br;q=0.1', 'brotli', 'br'],
      ['deflate', 'plain', undefined],
    ])('H-138 answers Accept-Encoding %j with %s', async (accepted, text, coding) => {
      const answer = await get('/app.js', accepted === undefined ? {} : { 'Accept-Encoding': accepted });
      expect(answer.text).toBe(text);
      expect(answer.headers.get('content-encoding')).toBe(coding);
      expect(answer.headers.get('content-type')).toBe('text/javascript');
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    });

    it('have tags of their own, and ranges', async () => {
      const [plain, brotli] = [await get('/app.js'), await get('/app.js', { 'Accept-Encoding': 'br' })];
      expect(brotli.headers.get('etag')).toMatch(/-br"$/);
      expect(plain.headers.get('etag')).not.toBe(brotli.headers.get('etag'));
      const part = await get('/app.js', { 'Accept-Encoding': 'br', Range: 'bytes=0-2' });
      expect(part).toMatchObject({ status: 206, text: 'bro' });
      expect(part.headers.get('content-encoding')).toBe('br');
    });

    it('are passed over when they are older than the file', async () => {
      write('app.js', 'newer', changed + 500);
      const answer = await get('/app.js', { 'Accept-Encoding': 'br, gzip' });
      expect(answer.text).toBe('gzip');
      write('app.js', 'newest', changed + 10_000);
      services.advance(1_000);
      const plain = await get('/app.js', { 'Accept-Encoding': 'br, gzip' });
      expect(plain.text).toBe('newest');
      expect(plain.headers.has('vary')).toBe(false);
    });

    it('are not looked for beside what is compressed already', async () => {
      write('a.png', 'png');
      write('a.png.br', 'brotli');
      expect((await get('/a.png', { 'Accept-Encoding': 'br' })).text).toBe('png');
    });
  });
});
