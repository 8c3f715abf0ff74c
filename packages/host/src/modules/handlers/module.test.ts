import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import type { InjectedRequest } from '../../gateway/testing/injected-exchange.ts';
import { compilers, effectiveConfiguration, scopeContext } from '../testing/effective-configuration.ts';
import { recordedServices } from '../testing/module-services.ts';
import type { RecordedServices } from '../testing/module-services.ts';
import { handlersModule } from './module.ts';
import type { HandlersSettings } from './settings.ts';

let root: string;
let services: RecordedServices;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'handlers-'));
  services = recordedServices();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text = path): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The module for a site whose web.config holds these elements of system.webServer. */
function site(elements = '') {
  const configuration = effectiveConfiguration({ site: `<system.webServer>${elements}</system.webServer>` });
  expect(configuration.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const host = compilers();
  const hosting = host.compileHosting(configuration, () => undefined);
  const settings = host.modules.find(({ id }) => id === 'handlers')?.compile(configuration, scopeContext({ hosting }));
  const module = handlersModule.create(settings as HandlersSettings, services);
  return async (request: InjectedRequest | string) => {
    const injected = typeof request === 'string' ? { target: request } : request;
    const exchange = injectExchange({ physicalPath: root, ...injected });
    expect(await module.handle(exchange)).toBe('done');
    const [forwarded] = services.forwarded.splice(0);
    if (forwarded !== undefined) return { code: 'forwarded', text: '', headers: new Map<string, string>(), forwarded };
    const { status, subStatus, text, headers } = await exchange.answer;
    return { code: `${status}.${subStatus}`, text, headers };
  };
}

const iisnode = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode"/></handlers>';

describe('handlersModule', () => {
  it('serves files and knows what is not there', async () => {
    write('a/b.txt', 'hello');
    const get = site();
    expect(await get('/a/b.txt')).toMatchObject({ code: '200.0', text: 'hello' });
    expect(await get('/a/none.txt')).toMatchObject({ code: '404.0' });
    expect(await get('/a/b.txt/')).toMatchObject({ code: '404.0' });
  });

  it('sends to the program what its handler names, and files otherwise', async () => {
    write('server.js', 'secret source');
    write('public.txt', 'public');
    const get = site(iisnode);
    expect(await get('/server.js')).toMatchObject({
      code: 'forwarded',
      forwarded: { options: { requestTimeoutMs: 0 } },
    });
    expect(await get('/SERVER.JS/debug')).toMatchObject({ code: 'forwarded' });
    expect(await get('/public.txt')).toMatchObject({ text: 'public' });
  });

  it('forwards the exchange of the request itself, for a default document too', async () => {
    write('server.js');
    const get = site(`${iisnode}<defaultDocument><files><add value="server.js"/></files></defaultDocument>`);
    const { forwarded } = await get('/?a=1');
    expect(forwarded?.exchange.route).toMatchObject({ cookedPath: '/', forwardPath: '/', query: '?a=1' });
  });

  it.each([
    ['H-106', '/a%2fb.txt', '404.0'],
    ['H-107', '/a%5cb.txt', '404.0'],
    ['H-107', '/a\\b.txt', '400.0'],
    ['H-108', '/web.config', '404.8'],
    ['H-108', '/web.config::$DATA', '404.0'],
    ['H-114', '/.git/config', '404.9'],
    ['H-114', '/.env', '404.9'],
    ['H-114', '/link.txt', '404.0'],
    ['', '/.well-known/security.txt', '200.0'],
    ['', '/node_modules/x/index.js', '404.8'],
    ['H-134', '/data.unknown', '404.3'],
  ])('%s answers %s with %s', async (_, target, expected) => {
    for (const path of ['a/b.txt', 'web.config', '.git/config', '.env', '.well-known/security.txt']) write(path);
    write('node_modules/x/index.js');
    write('data.unknown');
    symlinkSync('/etc/hostname', join(root, 'link.txt'));
    expect(await site()(target)).toMatchObject({ code: expected });
  });

  it('lets the program have what no file handler may see', async () => {
    const get = site(
      '<handlers><add name="all" path="*" verb="GET" modules="httpPlatformHandler"/></handlers><httpPlatform processPath="x"/>',
    );
    for (const target of ['/a%2fb', '/.env', '/a\\b', '/node_modules/x']) {
      expect(await get(target)).toMatchObject({ code: 'forwarded' });
    }
  });

  describe('folders', () => {
    it('H-112 asks for a slash, with the query, and never leads to another host', async () => {
      write('a b/x.txt');
      write('evil.test/x.txt');
      const get = site();
      const location = async (target: string) => {
        const answer = await get(target);
        return [answer.code, answer.headers.get('location')];
      };
      expect(await location('/a%20b?c=d')).toEqual(['301.0', '/a%20b/?c=d']);
      expect(await location('//evil.test')).toEqual(['301.0', '/evil.test/']);
      expect(await location('///evil.test?x="<>')).toEqual(['301.0', '/evil.test/?x=%22%3C%3E']);
      expect(await location('/evil.test/..//evil.test')).toEqual(['301.0', '/evil.test/']);
    });

    it('H-133 M-11 answers with the first default document, else 403.14', async () => {
      write('both/index.html', 'second');
      write('both/Default.htm', 'first');
      write('none/other.txt');
      const get = site();
      expect(await get('/both/')).toMatchObject({ code: '200.0', text: 'first' });
      expect(await get('/none/')).toMatchObject({ code: '403.14' });
      expect(await get({ method: 'POST', target: '/both/' })).toMatchObject({ code: '405.0' });
    });

    it('finds a default document under another case without a word', async () => {
      write('default.htm', 'lower');
      expect(await site()('/')).toMatchObject({ code: '200.0', text: 'lower' });
      expect(services.events).toEqual([]);
    });

    it('shows a new default document after a second', async () => {
      mkdirSync(join(root, 'new'));
      const get = site();
      expect(await get('/new/')).toMatchObject({ code: '403.14' });
      write('new/index.html', 'here');
      services.advance(1_000);
      expect(await get('/new/')).toMatchObject({ text: 'here' });
    });

    it('H-133 lists a folder, escaped, where listings are on', async () => {
      write('list/<b>&.txt', 'xyz');
      write('list/sub/x.txt');
      write('list/.hidden');
      write('list/app.config');
      write('list/bin/x.txt');
      const get = site('<directoryBrowse enabled="true"/>');
      const page = await get('/list/');
      expect(page.code).toBe('200.0');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.text).toContain('<a href="./%3Cb%3E%26.txt">&#60;b&#62;&#38;.txt</a>');
      expect(page.text).toContain('href="./sub/"');
      expect(page.text).toContain('href="../"');
      for (const hidden of ['.hidden', 'app.config', './bin']) expect(page.text).not.toContain(hidden);
    });

    it('prefers the default document to a listing', async () => {
      write('index.html', 'home');
      expect(await site('<directoryBrowse enabled="true"/>')('/')).toMatchObject({ text: 'home' });
    });
  });

  describe('verbs', () => {
    it('H-132 answers OPTIONS with its own list where the server does', async () => {
      const answer = await site()({ method: 'OPTIONS', target: '/x' });
      expect(answer.code).toBe('200.0');
      expect(answer.headers.get('allow')).toBe('OPTIONS, TRACE, GET, HEAD, POST');
      expect(answer.headers.get('public')).toBe('OPTIONS, TRACE, GET, HEAD, POST');
    });

    it('refuses TRACE', async () => {
      expect(await site()({ method: 'TRACE' })).toMatchObject({ code: '405.0' });
    });

    it('H-134 refuses to change a file, and names what it takes', async () => {
      write('a.txt');
      const answer = await site()({ method: 'POST', target: '/a.txt' });
      expect(answer.code).toBe('405.0');
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
      expect(await site()({ method: 'DELETE', target: '/none.txt' })).toMatchObject({ code: '404.0' });
    });

    it('answers 405 with the verbs of the handlers, 404.4 without a handler', async () => {
      const get = site(
        '<handlers><clear/><add name="x" path="*.txt" verb="GET,HEAD" modules="StaticFileModule" requireAccess="Read"/></handlers>',
      );
      const answer = await get({ method: 'PUT', target: '/a.txt' });
      expect(answer.code).toBe('405.0');
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
      expect(await get('/a.html')).toMatchObject({ code: '404.4' });
    });
  });

  it.each([
    ['File', '/a.txt', 'handled'],
    ['File', '/folder', '301.0'],
    ['File', '/none.txt', '404.0'],
    ['Directory', '/folder', 'handled'],
    ['Directory', '/a.txt', '200.0'],
    ['Either', '/folder', 'handled'],
    ['Either', '/none.txt', '404.0'],
    ['Unspecified', '/none.txt', 'handled'],
    ['Unspecified', '/a.txt', 'handled'],
  ])('chooses a handler with resourceType=%s for %s: %s', async (resourceType, target, expected) => {
    write('a.txt');
    write('folder/x.txt');
    const get = site(
      `<handlers><add name="x" path="*" verb="GET" modules="httpPlatformHandler" resourceType="${resourceType}"/></handlers>` +
        '<httpPlatform processPath="x"/>',
    );
    expect((await get(target)).code.replace('forwarded', 'handled')).toBe(expected);
  });

  it('refuses what the access policy does not grant', async () => {
    write('a.txt');
    const get = site('<handlers accessPolicy="None"/>');
    expect(await get('/a.txt')).toMatchObject({ code: '403.2' });
  });

  it('refuses remote clients where only local ones may', async () => {
    write('a.txt');
    const get = site('<handlers accessPolicy="Read, NoRemoteRead"/>');
    expect(await get('/a.txt')).toMatchObject({ code: '403.2' });
    expect(await get({ target: '/a.txt', remoteAddress: '127.0.0.1' })).toMatchObject({ code: '200.0' });
  });

  it.each(['X-Forwarded-For', 'Forwarded', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Via'])(
    'takes a client behind a proxy on this machine, which sends %s, for a remote one',
    async (name) => {
      write('a.txt');
      const get = site('<handlers accessPolicy="Read, NoRemoteRead"/>');
      const proxied = { target: '/a.txt', remoteAddress: '127.0.0.1', headers: { [name]: 'x' } };
      expect(await get(proxied)).toMatchObject({ code: '403.2' });
    },
  );

  it('shows the detail of a missing module to local clients only', async () => {
    const get = site('<handlers><add name="php" path="*.php" verb="*" modules="FastCgiModule"/></handlers>');
    const remote = await get('/index.php');
    expect(remote.code).toBe('500.21');
    expect(remote.text).not.toContain('FastCgiModule');
    expect((await get({ target: '/index.php', remoteAddress: '::1' })).text).toContain('FastCgiModule');
  });

  it('answers 500 and says why when the file system fails', async () => {
    const failing = {
      locate: () => Promise.reject(new Error('EIO: i/o error')),
      open: () => Promise.resolve(undefined),
    };
    services = { ...services, shared: <Value>() => failing as Value };
    expect(await site()('/a.txt')).toMatchObject({ code: '500.0' });
    expect(services.events).toMatchObject([
      { name: 'content.failed', fields: { site: 'shop', path: join(root, 'a.txt'), error: 'EIO: i/o error' } },
    ]);
  });

  it('H-115 serves a file whose name differs by case, with an event', async () => {
    write('Index.HTML', 'mixed');
    expect(await site()('/index.html')).toMatchObject({ code: '200.0', text: 'mixed' });
    expect(services.events).toMatchObject([{ name: 'content.case_differs' }]);
  });
});
