import { describe, expect, it } from 'vitest';
import type { ScopeContext } from '../scope-context.ts';
import { compilers, effectiveConfiguration, scopeContext } from '../testing/effective-configuration.ts';
import type { ConfigurationTexts } from '../testing/effective-configuration.ts';
import type { HandlersSettings } from './settings.ts';

/** Compiled modules of a site by id, and what was reported. */
function compile(texts: ConfigurationTexts, overrides: Partial<ScopeContext> = {}) {
  const configuration = effectiveConfiguration(texts);
  expect(configuration.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const host = compilers();
  const reports = scopeContext();
  const hosting = host.compileHosting(configuration, () => undefined);
  const context = { ...reports, hosting, ...overrides };
  const modules = new Map(host.modules.map(({ id, compile }) => [id, compile(configuration, context)]));
  return { modules, reported: reports.reported, handlers: modules.get('handlers') as HandlersSettings | undefined };
}

const site = (elements: string): ConfigurationTexts => ({ site: `<system.webServer>${elements}</system.webServer>` });
const aspNetCore =
  '<handlers><add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified"/></handlers>' +
  '<aspNetCore processPath="dotnet" arguments="Shop.dll" hostingModel="inprocess"/>';

describe('compiling the handler mapping', () => {
  it('leaves only the program where it takes everything', () => {
    const { modules, handlers } = compile(site(aspNetCore));
    expect(handlers).toBeUndefined();
    expect(modules.get('asp-net-core')).toEqual({
      forward: {
        requestTimeoutMs: 0,
        forwardResponseConnectionHeader: false,
        errorPage: true,
        detailedErrors: false,
        removeServerHeader: false,
      },
    });
  });

  it('tells the program what its section says', () => {
    const section =
      '<handlers><add name="a" path="*" verb="*" modules="aspnetcoremodulev2"/></handlers>' +
      '<aspNetCore processPath="x" requestTimeout="00:10:00" disableStartUpErrorPage="true"><handlerSettings>' +
      '<handlerSetting name="ForwardResponseConnectionHeader" value="True"/></handlerSettings></aspNetCore>' +
      '<security><requestFiltering removeServerHeader="true"/></security>';
    expect(compile(site(section)).modules.get('asp-net-core')).toEqual({
      forward: {
        requestTimeoutMs: 600_000,
        forwardResponseConnectionHeader: true,
        errorPage: false,
        detailedErrors: false,
        removeServerHeader: true,
      },
    });
  });

  it('M-1 answers for a program that cannot start', () => {
    const { modules } = compile(site(aspNetCore.replace('processPath="dotnet"', '')));
    expect(modules.get('asp-net-core')).toMatchObject({
      failure: { status: 500, subStatus: 0 },
      detailedErrors: false,
    });
  });

  it('M-11 serves files by default', () => {
    const { handlers, modules } = compile({});
    expect(modules.get('asp-net-core')).toBeUndefined();
    expect(handlers?.entries).toEqual([
      { path: '*', verbs: ['TRACE'], resourceType: 'Unspecified', handlers: ['protocol-support'] },
      { path: '*', verbs: ['OPTIONS'], resourceType: 'Unspecified', handlers: ['protocol-support'] },
      { path: '*', resourceType: 'Either', handlers: ['static-file', 'default-document', 'directory-browse'] },
    ]);
    expect(handlers?.staticFile).toMatchObject({ mimeTypes: {}, redirectFolders: true });
    expect(handlers?.defaultDocument?.files).toContain('index.html');
    expect(handlers?.directoryBrowse).toBeUndefined();
  });

  it('puts the handlers of a web.config before those of the server, and drops what cannot be reached', () => {
    const { handlers } = compile(
      site(
        '<handlers><add name="script" path="server.js" verb="*" modules="iisnode"/>' +
          '<add name="rest" path="*" verb="*" modules="StaticFileModule" requireAccess="Read"/></handlers>',
      ),
    );
    expect(handlers?.entries.map(({ path, handlers }) => [path, ...handlers])).toEqual([
      ['server.js', 'asp-net-core'],
      ['*', 'static-file'],
    ]);
    expect(handlers?.aspNetCore).toMatchObject({ forward: { requestTimeoutMs: 0 } });
  });

  it('M-20 gives a child application no handler that its parent keeps to itself', () => {
    const kept = `<location path="." inheritInChildApplications="false">${site(aspNetCore).site}</location>`;
    expect(compile({ site: kept }).handlers).toBeUndefined();
    const child = compile({ site: kept, application: '' });
    expect(child.modules.get('asp-net-core')).toBeUndefined();
    expect(child.handlers?.entries.at(-1)?.handlers).toContain('static-file');
    expect(compile({ ...site(aspNetCore), application: '' }).handlers).toBeUndefined();
  });

  it('H-132 sends OPTIONS to an application that takes every verb', () => {
    expect(compile(site(aspNetCore)).modules.get('handlers')).toBeUndefined();
  });

  it.each([
    ['integratedMode', true],
    ['integratedMode,bitness64', true],
    ['bitness32', false],
    ['classicMode', false],
    ['integratedMode,runtimeVersionv4.0', false],
    ['', true],
  ])('keeps an entry with the precondition %j: %s', (preCondition, kept) => {
    const add = `<handlers><add name="x" path="*.x" verb="*" modules="StaticFileModule" preCondition="${preCondition}"/></handlers>`;
    expect(compile(site(add)).handlers?.entries.some(({ path }) => path === '*.x')).toBe(kept);
  });

  it.each([
    ['modules="FastCgiModule" scriptProcessor="C:\\php\\php-cgi.exe"', 'FastCgiModule'],
    ['modules="StaticFileModule,ModSecurity"', 'ModSecurity'],
    ['type="System.Web.UI.PageHandlerFactory"', 'Windows only'],
  ])('refuses %s with 500.21 and names file and line', (attributes, expected) => {
    const { handlers, reported } = compile(
      site(`<handlers><add name="x" path="*.x" verb="*" ${attributes}/></handlers>`),
    );
    expect(handlers?.entries[0]).toMatchObject({ path: '*.x', handlers: [], failure: { status: 500, subStatus: 21 } });
    expect(handlers?.entries[0]?.failure?.detail).toContain(expected);
    expect(handlers?.entries[0]?.failure?.title).not.toContain(expected);
    expect(reported).toMatchObject([
      { severity: 'warning', file: '/srv/www/web.config', line: 2, message: expect.stringContaining(expected) },
    ]);
  });

  it('says nothing of modules that the list of a Windows server names', () => {
    const server =
      '<system.webServer><handlers accessPolicy="Read, Script">' +
      '<add name="ASPClassic" path="*.asp" verb="GET,HEAD,POST" modules="IsapiModule" resourceType="File"/>' +
      '<add name="WebDAV" path="*" verb="PROPFIND" modules="WebDAVModule"/></handlers></system.webServer>';
    const { handlers, reported } = compile({ server });
    expect(reported).toEqual([]);
    expect(handlers?.entries).toMatchObject([{ path: '*.asp', failure: { subStatus: 21 } }]);
  });

  it('refuses a second program in one application', () => {
    const { handlers, reported } = compile(
      site(
        '<handlers><add name="a" path="a.js" verb="*" modules="iisnode"/>' +
          '<add name="b" path="b.js" verb="*" modules="iisnode"/></handlers>',
      ),
    );
    expect(handlers?.entries[0]).toMatchObject({ path: 'a.js', handlers: ['asp-net-core'] });
    expect(handlers?.entries[1]).toMatchObject({ path: 'b.js', handlers: [], failure: { status: 500, subStatus: 0 } });
    expect(reported).toMatchObject([{ message: expect.stringContaining('second program') }]);
  });

  it('refuses a program that the root of the application does not know', () => {
    const { handlers } = compile(site(aspNetCore), { hosting: undefined });
    expect(handlers?.entries).toMatchObject([{ path: '*', failure: { status: 500, subStatus: 0 } }]);
  });

  it.each([
    ['Read, Script', 'Script', undefined],
    ['Read', 'Script', { subStatus: 1, remoteOnly: false }],
    ['Read, Execute', 'Script', undefined],
    ['Read, Script', 'Execute', { subStatus: 1, remoteOnly: false }],
    ['Script', 'Read', { subStatus: 2, remoteOnly: false }],
    ['Read', 'Write', { subStatus: 3, remoteOnly: false }],
    ['None', 'None', undefined],
    ['Read, Script, NoRemoteScript', 'Script', { subStatus: 1, remoteOnly: true }],
  ])('with accessPolicy %j an entry that requires %s is refused: %j', (policy, required, refusal) => {
    const { handlers } = compile(
      site(
        `<handlers accessPolicy="${policy}"><add name="x" path="*.x" verb="*" modules="StaticFileModule" requireAccess="${required}"/></handlers>`,
      ),
    );
    expect(handlers?.entries[0]?.refusal).toEqual(refusal);
  });

  it('H-133 lists folders where directoryBrowse is on, without what request filtering refuses', () => {
    const { handlers } = compile(
      site('<directoryBrowse enabled="true" showFlags="Size, Extension"/><defaultDocument enabled="false"/>'),
    );
    expect(handlers?.defaultDocument).toBeUndefined();
    expect(handlers?.directoryBrowse).toMatchObject({ showDate: false, showSize: true, showExtension: true });
    expect(handlers?.directoryBrowse?.hiddenNames).toContain('bin');
    expect(handlers?.directoryBrowse?.hiddenExtensions).toContain('.config');
    expect(handlers?.staticFile?.redirectFolders).toBe(true);
  });

  it('does not ask folders for a slash where nothing would answer them', () => {
    const { handlers } = compile(site('<defaultDocument enabled="false"/>'));
    expect(handlers?.staticFile?.redirectFolders).toBe(false);
  });

  it('puts default documents of a web.config first', () => {
    const { handlers } = compile(
      site(
        '<defaultDocument><files><remove value="Default.htm"/><add value="app\\home.html"/></files></defaultDocument>',
      ),
    );
    expect(handlers?.defaultDocument?.files.slice(0, 2)).toEqual(['app/home.html', 'Default.asp']);
  });
});

describe('compiling static content', () => {
  const staticFile = (content: string) => {
    const { handlers, reported } = compile(site(`<staticContent>${content}</staticContent>`));
    return { settings: handlers?.staticFile, messages: reported.map(({ message }) => message) };
  };

  it('keeps only the differences from the built-in types', () => {
    const { settings } = staticFile(
      '<remove fileExtension=".json"/><mimeMap fileExtension=".json" mimeType="application/json"/>' +
        '<mimeMap fileExtension=".Data" mimeType="application/x-data"/><remove fileExtension=".exe"/>',
    );
    expect(settings?.mimeTypes).toEqual({ '.data': 'application/x-data', '.exe': null });
  });

  it('lets a file replace a type that the server has, as files written for older servers do', () => {
    expect(staticFile('<mimeMap fileExtension=".woff" mimeType="font/x-woff"/>').settings?.mimeTypes).toEqual({
      '.woff': 'font/x-woff',
    });
  });

  it('says of an extension without its dot that it fits no file', () => {
    const { settings, messages } = staticFile('<mimeMap fileExtension="woff" mimeType="font/woff"/>');
    expect(settings?.mimeTypes).toEqual({});
    expect(messages).toEqual([expect.stringContaining('fileExtension=".woff"')]);
  });

  it('reads clientCache', () => {
    const { settings } = staticFile(
      '<clientCache cacheControlMode="UseMaxAge" cacheControlMaxAge="30.00:00:00" cacheControlCustom="public" setEtag="false"/>',
    );
    expect(settings?.clientCache).toEqual({
      mode: 'UseMaxAge',
      maxAgeSeconds: 2_592_000,
      expires: '',
      custom: 'public',
      setEtag: false,
    });
  });

  it('lets no line break into a header', () => {
    const { settings, messages } = staticFile(
      '<mimeMap fileExtension=".x" mimeType="a/b&#13;&#10;Set-Cookie: c"/><clientCache cacheControlCustom="a&#10;b"/>',
    );
    expect(settings?.mimeTypes).toEqual({});
    expect(settings?.clientCache.custom).toBe('');
    expect(messages).toHaveLength(2);
  });
});
