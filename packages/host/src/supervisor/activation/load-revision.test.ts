import { describe, expect, it } from 'vitest';
import type { ScopePlan } from '@poolhouse/contract';
import type { ConfigurationDiagnostic, Revision } from './revision.ts';
import { configFile, load, loadGood, server, site } from './testing/load.ts';
import { MemoryFiles, type MemoryTree } from './testing/memory-files.ts';

const errorsOf = async (tree: MemoryTree): Promise<readonly string[]> => {
  const loaded = await load(tree);
  return 'errors' in loaded ? loaded.errors.map(({ line, message, hresult }) => `${line} ${hresult} ${message}`) : [];
};
const said = ({ diagnostics }: Revision, severity?: 'error' | 'warning'): string[] =>
  diagnostics.filter((one) => severity === undefined || one.severity === severity).map(({ message }) => message);
const scopesOf = (revision: Revision, application = 's/'): readonly ScopePlan[] =>
  revision.plan.sites.flatMap(({ applications }) => applications).find(({ id }) => id === application)?.scopes ?? [];
const summary = (revision: Revision, application = 's/'): Record<string, string> =>
  Object.fromEntries(
    scopesOf(revision, application).map(({ path, modules, broken }) => [
      path,
      broken === undefined ? modules.map(({ id }) => id).join(' ') : `${broken.status}.${broken.subStatus}`,
    ]),
  );
const app =
  '<handlers><add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified"/></handlers>';
const hosted = (attributes = 'processPath="node" arguments="server.js"'): string =>
  `<configuration><system.webServer>${app}<aspNetCore ${attributes}/></system.webServer></configuration>`;
const good = 'request-filtering handlers';
const webServer = (content: string): string => `<system.webServer>${content}</system.webServer>`;
const files = (content = ''): string => `<configuration>${webServer(content)}</configuration>`;

describe("the server's file", () => {
  it('C-1 has to exist', async () => {
    expect(await errorsOf({})).toEqual([
      `1 0x80070002 The server's configuration file ${configFile} does not exist: create it, or name another one with --config.`,
    ]);
  });

  it('has to be readable', async () => {
    expect(await errorsOf({ [configFile]: { problem: 'No right.' } })).toEqual([
      '1 0x80070005 Cannot read configuration file: No right.',
    ]);
  });

  it('stops a load with all its errors at once, and names the files to watch', async () => {
    const text = server({
      pools: '<add name="p"/><remove name="x"/>',
      sites: '<site name="a/b" id="x"/>',
      rest: '<oops/>',
    });
    const loaded = await load({ [configFile]: text });
    expect(loaded).toMatchObject({ files: [{ path: configFile, role: 'server' }] });
    expect('errors' in loaded && loaded.errors.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['undeclaredSection', 'duplicate', 'unknownElement', 'outOfRange', 'invalidValue']),
    );
  });

  it.each([
    ['C-43 two pools of one name', '<add name="P"/>', 'duplicate'],
    ['C-45 a directive that the collection does not have', '<remove name="x"/>', 'unknownElement'],
    ['C-61 nothing when only the case differs', '<add name="q" startMode="alwaysrunning"/>', undefined],
    ['C-62 an unknown flag', '<add name="q"><recycling logEventOnRecycle="Time, Bogus"/></add>', 'invalidValue'],
  ])('refuses %s', async (_, pools, code) => {
    const loaded = await load({ [configFile]: server({ pools }) });
    expect('errors' in loaded ? loaded.errors.map((error) => error.code) : [undefined]).toEqual([code]);
  });

  it('C-42 refuses a binding that stands twice in a site', async () => {
    const binding = '<binding protocol="http" bindingInformation="*:80:h"/>';
    const sites = `<site name="a" id="1"><bindings>${binding}${binding}</bindings></site>`;
    expect((await errorsOf({ [configFile]: server({ sites }) }))[0]).toContain(
      "combined key attributes 'protocol, bindingInformation' respectively set to 'http, *:80:h'",
    );
  });

  it('C-65 refuses a binding without a protocol', async () => {
    const sites = '<site name="a" id="1"><bindings><binding bindingInformation="*:80:"/></bindings></site>';
    expect((await errorsOf({ [configFile]: server({ sites }) }))[0]).toContain("Missing required attribute 'protocol'");
  });

  it('C-64 refuses a path with a slash at its end', async () => {
    const sites = '<site name="a" id="1"><application path="/x/"/></site>';
    expect((await errorsOf({ [configFile]: server({ sites }) }))[0]).toContain('does not end with /');
  });

  it('C-26 warns of a location for no site', async () => {
    const revision = await loadGood({ [configFile]: server({ rest: '<location path="Nowhere/x"/>' }) });
    expect(said(revision)).toEqual([
      'Location "Nowhere/x" names no site, so nothing in it applies; its first segment is the name of a site.',
    ]);
  });

  it('says in one warning which sections have no effect', async () => {
    const rest =
      '<system.webServer>\n<httpErrors errorMode="Custom"/>\n<caching enabled="true"/>\n<globalModules><add name="x"/></globalModules></system.webServer>';
    const revision = await loadGood({ [configFile]: server({ rest }) });
    expect(said(revision)).toEqual([
      'Poolhouse does not act on these sections yet; they are accepted and have no effect: system.webServer/httpErrors (line 4), system.webServer/caching (line 5).',
    ]);
  });

  it('tells gateways which proxies to trust', async () => {
    const proxies = (list: string) => `<gateway><trustedProxies>${list}</trustedProxies></gateway>`;
    const host = proxies('<add address="10.0.0.0/8"/><add address="::1"/><add address="unix"/>');
    const { plan } = await loadGood({ [configFile]: server({ host }) });
    expect(plan.limits.trustedProxies).toEqual(['10.0.0.0/8', '::1', 'unix']);
    expect((await loadGood({ [configFile]: server({}) })).plan.limits).not.toHaveProperty('trustedProxies');
    const everyone = await loadGood({ [configFile]: server({ host: proxies('<add address="::/0"/>') }) });
    expect(said(everyone, 'warning')).toEqual([expect.stringContaining('lets every client say who it is')]);
  });

  it('stops a load with every trusted proxy that cannot be read, and its place', async () => {
    const host =
      '\n<gateway><trustedProxies>\n<add address="10.0.0.0/"/>\n<add address="10.0.0.1"/>\n  <add address="proxy.example"/></trustedProxies></gateway>';
    expect(await load({ [configFile]: server({ host }) })).toMatchObject({
      errors: [
        { severity: 'error', file: configFile, line: 5, column: 6, message: expect.stringContaining('"10.0.0.0/"') },
        {
          severity: 'error',
          file: configFile,
          line: 7,
          column: 8,
          message: expect.stringContaining('no trusted proxy'),
        },
      ],
      files: [{ path: configFile }],
    });
  });

  it('tells gateways how to log what they refuse', async () => {
    const errorLog = async (attributes: string) => {
      const host = `<gateway><errorLog ${attributes}/></gateway>`;
      return (await loadGood({ [configFile]: server({ host }) })).plan.limits.errorLog;
    };
    const folder = '/var/log/poolhouse/HTTPERR';
    expect(await errorLog('')).toEqual({ folder, truncateBytes: 1_048_576, format: 'Text' });
    expect(await errorLog('truncateSize="5" format="Json"')).toEqual({
      folder,
      truncateBytes: 1_048_576,
      format: 'Json',
    });
    expect((await errorLog('truncateSize="10000000"'))?.truncateBytes).toBe(10_000_000);
    expect(await errorLog('enabled="false"')).toBeUndefined();
  });

  it('reads webLimits into the limits of the gateways and of sites', async () => {
    const text = server({ sites: site({ '/': '/srv' }) }).replace(
      '</system.applicationHost>',
      '<webLimits headerWaitTimeout="00:00:07" minBytesPerSecond="0" connectionTimeout="00:00:30"/></system.applicationHost>',
    );
    const { plan } = await loadGood({ [configFile]: text });
    expect(plan.limits).toMatchObject({ headerWaitMs: 7_000, minBytesPerSecond: 0 });
    expect(plan.sites[0]?.connectionTimeoutMs).toBe(30_000);
  });
});

describe('pools', () => {
  const pool = async (attributes: string, content = ''): Promise<Revision> =>
    loadGood({ [configFile]: server({ pools: `<add name="q" ${attributes}>${content}</add>` }) });

  it('C-55 C-56 uses the default for a value outside its range, and says so', async () => {
    const revision = await pool('queueLength="9"', '<processModel idleTimeout="00:00:30"/>');
    expect(revision.pools[1]).toMatchObject({ queueLength: 1000, processModel: { idleTimeoutMs: 1_200_000 } });
    expect(said(revision, 'warning')).toEqual([
      `The 'queueLength' attribute is invalid. "9" should be a number from 10 to 65535. The default is used.`,
      `The 'idleTimeout' attribute is invalid. "00:00:30" should be a time from 00:00:00 to 30.00:00:00 in steps of 60 seconds. The default is used.`,
    ]);
  });

  it('C-63 ignores a pool whose name cannot be one, and only that', async () => {
    const revision = await loadGood({
      [configFile]: server({ pools: `<add name="a/b"/><add name="${'x'.repeat(65)}"/>` }),
    });
    expect(revision.pools.map(({ name }) => name)).toEqual(['p']);
    expect(said(revision, 'error')).toEqual([
      expect.stringMatching(/"a\/b" should be a name without "\/" .* The pool is ignored\./),
      expect.stringMatching(/is ignored: its name has 65 characters; shorten it to 64\./),
    ]);
  });

  it('reads everything a pool says, over the defaults of all pools', async () => {
    const pools = `<add name="q" queueLength="50" startMode="AlwaysRunning">
      <processModel identityType="SpecificUser" userName="www" password="hunter2" idleTimeout="0.00:05:00"/>
      <recycling logEventOnRecycle="Time"><periodicRestart privateMemory="1024" requests="7" time="1.05:00:00"><schedule><add value="03:30:00"/></schedule></periodicRestart></recycling>
      <failure loadBalancerCapabilities="TcpLevel"/>
      <environmentVariables><add name="A" value="1"/><add name="a" value="2"/></environmentVariables></add>
      <applicationPoolDefaults autoStart="false"><processModel loadUserProfile="true" idleTimeout="00:01:00"/><environmentVariables><add name="D" value="d"/></environmentVariables></applicationPoolDefaults>`;
    const revision = await loadGood({ [configFile]: server({ pools }) });
    expect(revision.pools[0]).toMatchObject({ autoStart: false, environmentVariables: [['D', 'd']] });
    expect(revision.pools[1]).toMatchObject({
      ...{ queueLength: 50, startMode: 'AlwaysRunning', autoStart: false },
      processModel: { identityType: 'SpecificUser', userName: 'www', idleTimeoutMs: 300_000, loadUserProfile: true },
      recycling: {
        logEventOnRecycle: ['Time'],
        periodicRestart: { privateMemoryKiB: 1024, requests: 7, timeMs: 104_400_000, scheduleMinutes: [210] },
      },
      failure: { loadBalancerCapabilities: 'TcpLevel' },
      environmentVariables: [
        ['A', '1'],
        ['a', '2'],
      ],
    });
    expect(revision.plan.pools[1]).toEqual({
      ...{ name: 'q', queueLength: 50, concurrentRequestLimit: 5_000, requestsThreshold: 7, refuseWith: 'TcpLevel' },
    });
    expect(said(revision)).toEqual([
      'Pool "q" sets both A and a: on Linux these are two variables.',
      'Pool "q" has environmentVariables of its own: what applicationPoolDefaults has there does not reach it.',
    ]);
    expect(JSON.stringify(revision)).not.toContain('hunter2');
  });

  it('says which settings have no effect yet, unless they ask for nothing', async () => {
    const revision = await pool('', '<cpu limit="30000" action="NoAction" smpAffinitized="false"/>');
    expect(said(revision)).toEqual(['applicationPools/add/cpu@limit is accepted and has no effect yet.']);
  });

  it('the web garden asks for more processes when all are busy', async () => {
    const revision = await pool('', '<processModel maxProcesses="2"/>');
    expect(revision.plan.pools[1]?.demandWhenBusy).toBe(true);
  });
});

describe('sites', () => {
  const sites = async (text: string, tree: MemoryTree = { '/srv/x': '' }): Promise<Revision> =>
    loadGood({ [configFile]: server({ sites: text }), ...tree });

  it('C-68 a site without a root application is not started; others are', async () => {
    const revision = await sites(
      `<site name="t" id="2"><application path="/x" applicationPool="p"/><bindings><binding protocol="http" bindingInformation="*:81:"/></bindings></site>${site({ '/': '/srv' })}`,
    );
    expect(revision.sites.map(({ name, bindings }) => [name, bindings.length])).toEqual([
      ['t', 0],
      ['s', 1],
    ]);
    expect(said(revision)).toContain('Site "t" has no application with path "/" and is not started; add one.');
  });

  it('C-70 https, other protocols and wrong bindings are named; the rest is served', async () => {
    const bindings = ['https *:443:', 'net.tcp 808:*', 'net.pipe *', 'http *:161902:h', 'http *:81:']
      .map((text) => text.split(' '))
      .map(([protocol, information]) => `\n<binding protocol="${protocol}" bindingInformation="${information}"/>`);
    const revision = await sites(
      `<site name="t" id="2"><application path="/" applicationPool="p"><virtualDirectory path="/" physicalPath="/srv"/></application><bindings>${bindings.join('')}</bindings></site>`,
    );
    expect(revision.plan.sites[0]?.bindings).toEqual([{ protocol: 'http', address: '*', port: 81, host: '' }]);
    expect(revision.diagnostics.map(({ severity, line, message }) => `${severity} ${line} ${message}`)).toEqual([
      'error 4 https bindings are not served yet: *:443: of site "t" is left out, its http bindings work. Until then, let a TLS proxy in front forward to an http binding.',
      'error 7 Binding http "*:161902:h" of site "t" is not served: "161902" is not a port: it should be a number from 1 to 65535.',
      'warning 5 Site "t" has bindings for net.tcp, net.pipe; Poolhouse serves http and ignores them.',
    ]);
    expect(revision.sites[0]?.applications[0]?.httpsPorts).toEqual([]);
  });

  it('of two started sites with one binding the second is not started', async () => {
    const other = (id: number, information: string, start = 'true'): string =>
      `<site name="t${id}" id="${id}" serverAutoStart="${start}"><application path="/" applicationPool="p"><virtualDirectory path="/" physicalPath="/srv"/></application><bindings><binding protocol="http" bindingInformation="${information}"/></bindings></site>`;
    const revision = await sites(
      `${other(1, '*:80:', 'false')}${other(2, '*:80:')}${other(3, ':80:')}${other(4, '*:80:h')}`,
    );
    expect(revision.sites.map(({ bindings }) => bindings.length)).toEqual([1, 1, 0, 1]);
    expect(revision.plan.sites.map(({ bindings }) => bindings.length)).toEqual([0, 1, 0, 1]);
    expect(said(revision)).toEqual([
      expect.stringMatching(/^Site "t3" is not started: its binding \*:80: belongs to site "t2"/),
    ]);
  });

  it('C-81 maps Windows paths, in every spelling', async () => {
    const revision = await sites(
      site({
        '/': '%SystemDrive%\\inetpub\\wwwroot',
        '/a': 'c:/inetpub/wwwroot/a',
        '/b': '%Data%\\b',
        '/c': 'content',
      }),
    );
    expect(revision.sites[0]?.applications.map(({ physicalPath }) => physicalPath)).toEqual([
      '/var/lib/poolhouse/inetpub/wwwroot',
      '/var/lib/poolhouse/inetpub/wwwroot/a',
      '/data/b',
      '/etc/poolhouse/content',
    ]);
  });

  it('C-82 leaves an unknown variable as written, and says so', async () => {
    const revision = await sites(site({ '/': '%NOPE%\\x' }));
    expect(said(revision, 'warning')).toEqual([
      'Application "/" of site "s": %NOPE% in physicalPath is no known variable and stays as written.',
    ]);
  });

  it('an application without a usable folder or pool fails alone', async () => {
    const text = site({ '/': '/srv', '/d': 'D:\\data', '/gone': '/gone' }).replace(
      '</site>',
      '<application path="/q" applicationPool="nope"><virtualDirectory path="/" physicalPath="/srv"/></application><application path="/v" applicationPool="P"/></site>',
    );
    const revision = await sites(text);
    expect(['s/', 's/d', 's/gone', 's/q', 's/v'].map((id) => Object.values(summary(revision, id))[0])).toEqual([
      good,
      '500.19',
      '500.19',
      '503.0',
      '500.19',
    ]);
    expect(said(revision, 'error')).toEqual([
      'Application "/d" of site "s": the folder of virtual directory "/" cannot be used: drive D: is not mapped to a folder of this machine.',
      'Application "/q" of site "s" names pool "nope", which does not exist; add it to applicationPools or name another.',
      'Application "/v" of site "s" has no virtualDirectory with path "/"; add one.',
      'The folder /gone of "/gone" does not exist; create it, or correct physicalPath.',
    ]);
    expect(revision.sites[0]?.applications[4]?.pool).toBe('p');
  });

  it('leaves out an application that http does not reach', async () => {
    const text = site({ '/': '/srv' }, '<application path="/tcp" applicationPool="p" enabledProtocols="net.tcp"/>');
    const revision = await sites(text);
    expect(revision.sites[0]?.applications.map(({ id }) => id)).toEqual(['s/']);
  });
});

describe('content', () => {
  const one = (webConfig: string): MemoryTree => ({
    [configFile]: server({ sites: site({ '/': '/srv' }) }),
    '/srv/web.config': webConfig,
  });

  it('reads the program of an application', async () => {
    const revision = await loadGood(
      one(
        `\ufeff<?xml version="1.0" encoding="utf-8"?>${hosted('processPath="dotnet" arguments=".\\Shop.dll" hostingModel="InProcess"')}`,
      ),
    );
    expect(revision.sites[0]?.applications[0]).toMatchObject({
      ...{ id: 's/', pool: 'p', physicalPath: '/srv', authenticationSchemes: ['anonymous'], webSocketsEnabled: true },
      hosting: {
        processPath: 'dotnet',
        arguments: '.\\Shop.dll',
        hostingModel: 'inprocess',
        origin: { file: '/srv/web.config' },
      },
    });
    expect(summary(revision)).toEqual({ '/': 'request-filtering asp-net-core' });
    expect(revision.diagnostics).toEqual([]);
  });

  it('finds a web.config in any case, and refuses two', async () => {
    const text = hosted();
    const found = await loadGood({ ...one(''), '/srv/web.config': undefined, '/srv/Web.Config': text });
    expect(found.sites[0]?.applications[0]?.hosting?.origin.file).toBe('/srv/Web.Config');
    const two = await loadGood({ ...one(text), '/srv/Web.config': text });
    expect(summary(two)).toEqual({ '/': '500.19' });
    expect(said(two)).toEqual([
      'Cannot read configuration file: /srv holds Web.config and web.config, which are one file on Windows: keep the one that is meant.',
    ]);
  });

  it.each([
    ['C-2 an empty file', '', 'Configuration file is not well-formed XML: The file is empty'],
    ['a file that is not XML', '<configuration>', 'not well-formed'],
    ['C-11 an unknown section', files('<unknown/>'), "Unrecognized element 'unknown'"],
    ['C-13 an unknown attribute', files('<defaultDocument enabld="true"/>'), "Unrecognized attribute 'enabld'"],
    [
      'M-6 a value outside its range',
      hosted('processPath="x" startupTimeLimit="3601"'),
      "The 'startupTimeLimit' attribute is invalid",
    ],
    [
      'M-8 C-58 a time that is none',
      hosted('processPath="x" requestTimeout="00:60:00"'),
      "The 'requestTimeout' attribute is invalid",
    ],
    [
      'C-15 a locked section',
      files('<security><authentication><windowsAuthentication enabled="true"/></authentication></security>'),
      'This section cannot be used at this path',
    ],
    ['C-28 a section of the server', files('<globalModules/>'), 'AppHostOnly'],
    ['C-79 an included file outside', files('<staticContent configSource="../x.config"/>'), 'leaves the folder'],
    [
      'C-80 an included file that is missing',
      files('<staticContent configSource="mime.config"/>'),
      'names /srv/mime.config, which does not exist',
    ],
  ])('fails a level with %s, and no other', async (_, text, message) => {
    const tree = {
      ...one(text),
      [configFile]: server({
        sites: `${site({ '/': '/srv', '/api': '/api' })}<site name="t" id="2"><application path="/" applicationPool="p"><virtualDirectory path="/" physicalPath="/t"/></application></site>`,
      }),
      '/api/x': '',
      '/t/x': '',
    };
    const revision = await loadGood(tree);
    expect([summary(revision), summary(revision, 's/api'), summary(revision, 't/')]).toEqual([
      { '/': '500.19' },
      { '/api': '500.19' },
      { '/': good },
    ]);
    expect(said(revision, 'error')).toEqual([expect.stringContaining(message)]);
    const [{ broken }] = scopesOf(revision) as [ScopePlan];
    expect(broken).toMatchObject({ title: 'The configuration of this path is invalid.', page: true });
    expect(broken?.detail).toMatch(/^\/srv\/web\.config:\d+:\d+: .*\(0x[0-9a-f]{8}\)$/);
  });

  it('a nested application may break alone', async () => {
    const revision = await loadGood({
      [configFile]: server({ sites: site({ '/': '/srv', '/api': '/api' }) }),
      '/srv/x': '',
      '/api/web.config': '<oops',
    });
    expect([summary(revision), summary(revision, 's/api')]).toEqual([{ '/': good }, { '/api': '500.19' }]);
  });

  it('M-20 C-31 keeps a hidden block from a nested application', async () => {
    const hiding = `<configuration><location path="." inheritInChildApplications="false"><system.webServer>${app}<aspNetCore processPath="dotnet" arguments="a.dll"/></system.webServer></location></configuration>`;
    const revision = await loadGood({
      [configFile]: server({ sites: site({ '/': '/srv', '/api': '/api' }) }),
      '/srv/web.config': hiding,
      '/api/x': '',
    });
    expect([summary(revision), summary(revision, 's/api')]).toEqual([
      { '/': 'request-filtering asp-net-core' },
      { '/api': good },
    ]);
  });

  it('makes scopes of locations and virtual directories, deepest first, with settings stored once', async () => {
    const sites = site({ '/': '/srv' }).replace(
      '</application>',
      '<virtualDirectory path="/images" physicalPath="/images"/></application>',
    );
    const rest =
      '<location path="s/images/old"><system.webServer><directoryBrowse enabled="true"/></system.webServer></location>';
    const web =
      '<configuration><location path="a/b.html"><system.webServer><defaultDocument enabled="false"/></system.webServer></location></configuration>';
    const revision = await loadGood({
      [configFile]: server({ sites, rest }),
      '/srv/web.config': web,
      '/images/web.config': files('<staticContent><clientCache cacheControlMode="DisableCache"/></staticContent>'),
    });
    expect(scopesOf(revision).map(({ path }) => path)).toEqual(['/images/old', '/a/b.html', '/images', '/']);
    expect(revision.plan.sites[0]?.settings).toHaveLength(5);
    expect(revision.diagnostics).toEqual([]);
  });

  it('reads nothing below the server for a pool without enableConfigurationOverride', async () => {
    const pools = '<add name="strict" enableConfigurationOverride="false"/>';
    const sites = site({ '/': '/srv' }).replace('"p"', '"strict"');
    const revision = await loadGood({ [configFile]: server({ pools, sites }), '/srv/web.config': '<oops' });
    expect(summary(revision)).toEqual({ '/': good });
  });

  it('includes files, and names them for watching', async () => {
    const revision = await loadGood({
      ...one(files('<staticContent configSource="mime.config"/>')),
      '/srv/mime.config': '<staticContent><mimeMap fileExtension=".x" mimeType="a/x"/></staticContent>',
    });
    expect(JSON.stringify(revision.plan.sites[0]?.settings)).toContain('"a/x"');
    expect(revision.files).toContainEqual({
      path: '/srv/mime.config',
      role: 'include',
      level: 's',
      stamp: expect.any(String),
    });
  });

  it('reads web.config files in folders below, for their paths alone', async () => {
    const tree = {
      ...one(files('<defaultDocument><files><clear/><add value="a.html"/></files></defaultDocument>')),
      '/srv/admin/reports/web.config': files('<defaultDocument enabled="false"/>'),
      '/srv/broken/Web.config': '<configuration>',
      '/srv/locked/web.config': files(
        '<security><authorization><add accessType="Deny" users="*"/></authorization></security>',
      ),
    };
    const revision = await loadGood(tree);
    expect(summary(revision)).toEqual({
      ...{ '/admin/reports': good, '/broken': '500.19', '/locked': '403.0', '/': good },
    });
    expect(revision.plan.sites[0]?.settings).toHaveLength(3);
    expect(revision.files).toContainEqual(
      expect.objectContaining({ path: '/srv/broken/Web.config', level: 's/broken' }),
    );
  });

  it('reads none in folders below that a link leads out of the mapped folder', async () => {
    const tree = new MemoryFiles({ ...one('<configuration/>'), '/srv/sub/web.config': '<configuration/>' });
    const within: (string | undefined)[] = [];
    const { read } = tree;
    tree.read = (path, folder?: string) => {
      if (path.endsWith('web.config')) within.push(folder);
      return read.call(tree, path);
    };
    await loadGood(tree);
    expect(within).toEqual([undefined, '/srv']);
  });

  it('advises to split a file that IIS would not read', async () => {
    const revision = await loadGood(one(files(`<!--${' '.repeat(256_000)}-->`)));
    expect(summary(revision)).toEqual({ '/': good });
    expect(said(revision, 'warning')).toEqual([expect.stringMatching(/has 2560\d\d bytes; IIS reads 250 KB/)]);
  });

  it('bounds what one file can ask for', async () => {
    const includes = Array.from(
      { length: 101 },
      (_, index) =>
        `<location path="p${index}">${webServer(`<defaultDocument configSource="${index}.config"/>`)}</location>`,
    );
    const included = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`/srv/${index}.config`, '<defaultDocument/>']),
    );
    const revision = await loadGood({ ...one(`<configuration>${includes.join('')}</configuration>`), ...included });
    expect(said(revision)).toEqual([
      expect.stringContaining('"100.config" is one too many: a file may include 100 others'),
    ]);

    const locations = Array.from({ length: 5_001 }, (_, index) => `<location path="p${index}"/>`);
    const many = await loadGood(one(`<configuration>${locations.join('')}</configuration>`));
    expect(summary(many)).toEqual({ '/': '500.19' });
    expect(said(many)).toEqual([
      expect.stringContaining('name 5002 paths with settings of their own; 5000 are possible'),
    ]);
  });

  it('gives the first ten reasons why a path fails, and how many there are', async () => {
    const { detail = '' } = scopesOf(await loadGood(one(files('<unknown/>'.repeat(12)))))[0]?.broken ?? {};
    expect(detail.split('\n')).toHaveLength(11);
    expect(detail).toMatch(/\n… and 2 more\.$/);
  });

  it('C-77 reads none of them where allowSubDirConfig is false', async () => {
    const sites = site({ '/': '/srv' }).replace('physicalPath="/srv"', 'physicalPath="/srv" allowSubDirConfig="false"');
    const revision = await loadGood({ [configFile]: server({ sites }), '/srv/sub/web.config': '<configuration>' });
    expect(summary(revision)).toEqual({ '/': good });
  });

  it('reads none that no request reaches, because another folder is mapped there', async () => {
    const revision = await loadGood({
      [configFile]: server({ sites: site({ '/': '/srv', '/api': '/other' }) }),
      ...{ '/srv/api/x/web.config': '<oops', '/srv/API/web.config': '<oops', '/other/x': '' },
    });
    expect([summary(revision), summary(revision, 's/api')]).toEqual([{ '/': good }, { '/api': good }]);
    expect(revision.diagnostics).toEqual([]);
  });

  it.each(['app_offline.htm/x', 'app_offline.htm.bak', 'xapp_offline.htm'])(
    'M-109 takes no notice of %s',
    async (name) => {
      const revision = await loadGood({ ...one(hosted()), [`/srv/${name}`]: 'closed' });
      expect(revision.sites[0]?.applications[0]?.offlinePage).toBeUndefined();
    },
  );

  it('finds app_offline.htm in any case', async () => {
    const revision = await loadGood({ ...one(hosted()), '/srv/App_Offline.htm': 'closed' });
    expect(revision.sites[0]?.applications[0]?.offlinePage).toBe('/srv/App_Offline.htm');
    expect(revision.files?.filter(({ role }) => role === 'offline')).toHaveLength(1);
  });

  it.each([
    ['system.web', '<configuration><system.web><compilation/></system.web><system.codedom/></configuration>', []],
    ['webSocket', files('<webSocket enabled="false"/>'), []],
    [
      'modules and validation',
      files(
        '<modules runAllManagedModulesForAllRequests="True"><remove name="WebDAVModule"/></modules><validation validateIntegratedModeConfiguration="false"/>',
      ),
      [],
    ],
    [
      'a type that the server has',
      files('<staticContent><mimeMap fileExtension=".json" mimeType="application/json"/></staticContent>'),
      [expect.stringContaining('replaces the entry')],
    ],
    [
      'rewrite',
      files('<rewrite><rules><rule name="x"/></rules></rewrite>'),
      [expect.stringContaining('system.webServer/rewrite/rules (line 1)')],
    ],
  ])('accepts %s', async (_, text, expected) => {
    const revision = await loadGood(one(text));
    expect(summary(revision)).toEqual({ '/': good });
    expect(said(revision)).toEqual(expected);
  });

  describe('protections that nothing enforces yet', () => {
    const unlocked = '<location path="s"><system.webServer><security>';
    const end = '</security></system.webServer></location>';
    it.each([
      ['<access sslFlags="Ssl"/>', '403.4'],
      [
        '<authentication><anonymousAuthentication enabled="false"/><windowsAuthentication enabled="true"/></authentication>',
        '401.2',
      ],
      [
        '<authorization><remove users="*" roles="" verbs=""/><add accessType="Allow" roles="Admins"/></authorization>',
        '403.0',
      ],
      ['<authorization><add accessType="Deny" users="?"/></authorization>', '403.0'],
      ['<ipSecurity allowUnlisted="false"><add ipAddress="10.0.0.1" allowed="true"/></ipSecurity>', '403.6'],
      ['<ipSecurity><add ipAddress="10.0.0.1"/></ipSecurity>', '403.6'],
      [
        '<access sslFlags="None"/><authentication><anonymousAuthentication enabled="true" userName=""/></authentication><authorization><add accessType="Allow" users="*"/></authorization><ipSecurity allowUnlisted="true"/>',
        good,
      ],
    ])('%s → %s', async (content, expected) => {
      const revision = await loadGood({
        [configFile]: server({ sites: site({ '/': '/srv' }), rest: unlocked + content + end }),
        '/srv/x': '',
      });
      expect(summary(revision)).toEqual({ '/': expected });
      if (expected !== good)
        expect(said(revision, 'error')).toEqual([expect.stringMatching(/served yet: every request is refused/)]);
    });
  });
});

describe('a later revision', () => {
  const start = (webConfig: string): MemoryFiles =>
    new MemoryFiles({
      [configFile]: server({ sites: site({ '/': '/srv', '/api': '/api' }) }),
      '/srv/web.config': webConfig,
      '/api/x': '',
    });
  const withScope = `<configuration><system.webServer>${app}<aspNetCore processPath="node" arguments="server.js"/></system.webServer><location path="deep"><system.webServer><defaultDocument enabled="false"/></system.webServer></location></configuration>`;

  it('keeps a level that was good and breaks, whole, until it is repaired', async () => {
    const tree = start(withScope);
    const first = await loadGood(tree);
    tree.written('/srv/web.config', '<configuration>');
    const second = await loadGood(tree, first);
    expect([second.number, summary(second), summary(second, 's/api')]).toEqual([
      2,
      summary(first),
      summary(first, 's/api'),
    ]);
    expect(second.sites[0]?.applications[0]?.hosting).toEqual(first.sites[0]?.applications[0]?.hosting);
    expect(second.plan.sites).toEqual(first.plan.sites.map((plan) => ({ ...plan, settings: expect.any(Array) })));
    expect(second.degraded).toEqual(['s/', 's/api']);
    expect(said(second, 'error')).toEqual([expect.stringContaining('not well-formed')]);
    expect(said(second, 'warning')[0]).toBe(
      'Application "s/" is served with the configuration of revision 1 or before, because its files are broken now; repair them.',
    );
    tree.written('/srv/web.config', '<still-broken>');
    const third = await loadGood(tree, second);
    expect([summary(third), third.degraded]).toEqual([summary(first), ['s/', 's/api']]);
    tree.written('/srv/web.config', files());
    const fourth = await loadGood(tree, third);
    expect([summary(fourth), fourth.degraded, fourth.diagnostics]).toEqual([{ '/': good }, [], []]);
  });

  it('fails a level that was never good', async () => {
    const tree = start('<configuration>');
    const second = await loadGood(tree, await loadGood(tree));
    expect([summary(second), second.degraded]).toEqual([{ '/': '500.19' }, []]);
  });

  it('lets a refusal by an access rule hold at once', async () => {
    const tree = start(hosted());
    const first = await loadGood(tree);
    tree.written(
      '/srv/web.config',
      files('<security><authorization><add accessType="Deny" users="?"/></authorization></security>'),
    );
    expect(summary(await loadGood(tree, first))).toEqual({ '/': '403.0' });
  });

  it('is not made from a broken file of the server', async () => {
    const tree = start(hosted());
    const first = await loadGood(tree);
    tree.written(configFile, '<configuration>');
    expect(await load(tree, first)).toMatchObject({ errors: [{ file: configFile }] });
  });
});

it('tells of a value out of range as of a warning, also beside errors', async () => {
  const loaded = await load({ [configFile]: server({ pools: '<add name="q" queueLength="5"/><add name="q"/>' }) });
  const { errors } = loaded as { errors: readonly ConfigurationDiagnostic[] };
  expect(errors.map(({ severity, code }) => `${severity} ${code}`).sort()).toEqual([
    'error duplicate',
    'warning outOfRange',
  ]);
});

it('has diagnostics with what a page and a log need', async () => {
  const loaded = await load({ [configFile]: server({ pools: '<add name="p"/>' }) });
  const [error] = (loaded as { errors: readonly ConfigurationDiagnostic[] }).errors;
  expect(error).toEqual({
    ...{ severity: 'error', code: 'duplicate', hresult: '0x800700b7' },
    ...{ file: configFile, line: 2, column: 34, level: '', section: 'system.applicationHost/applicationPools' },
    message: expect.stringContaining(
      "Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to 'p'",
    ),
  });
});
