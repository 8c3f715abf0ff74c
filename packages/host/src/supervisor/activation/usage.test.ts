import { describe, expect, it } from 'vitest';
import type { Revision } from './revision.ts';
import { configFile, loadGood, server, site } from './testing/load.ts';
import type { MemoryTree } from './testing/memory-files.ts';

/*
 * Files of the kinds that people really have: what publishing and templates write, with what is added by hand.
 * Each must load, start its program, and say what has no effect here.
 */

async function read(webConfig: string, more: MemoryTree = {}): Promise<Revision> {
  return loadGood({ [configFile]: server({ sites: site({ '/': '/srv' }) }), '/srv/web.config': webConfig, ...more });
}

function told(revision: Revision): unknown {
  const scope = revision.plan.sites[0]?.applications[0]?.scopes.at(-1);
  const hosting = revision.sites[0]?.applications[0]?.hosting;
  return {
    serves: scope?.broken === undefined ? scope?.modules.map(({ id }) => id).join(' ') : scope.broken.detail,
    ...(hosting === undefined
      ? {}
      : { runs: `${hosting.hostingModel}: ${hosting.processPath} ${hosting.arguments}`.trim() }),
    says: revision.diagnostics.map(({ severity, line, message }) => `${severity} ${line} ${message}`),
  };
}

describe('ASP.NET Core', () => {
  const published = `\ufeff<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <location path="." inheritInChildApplications="false">
    <system.webServer>
      <handlers>
        <add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" />
      </handlers>
      <aspNetCore processPath="dotnet" arguments=".\\Shop.dll" stdoutLogEnabled="false" stdoutLogFile=".\\logs\\stdout" hostingModel="inprocess" />
    </system.webServer>
  </location>
</configuration>
<!--ProjectGuid: 3b1d2c4e-0000-0000-0000-000000000000-->`;

  it('as dotnet publish writes it', async () => {
    expect(told(await read(published))).toEqual({
      serves: 'request-filtering asp-net-core',
      runs: 'inprocess: dotnet .\\Shop.dll',
      says: [],
    });
  });

  it('with what people add: limits, headers, WebDAV out, variables', async () => {
    const text = published
      .replace('<handlers>', '<handlers>\n<remove name="aspNetCore" />\n<remove name="WebDAV" />')
      .replace(
        'hostingModel="inprocess" />',
        'hostingModel="OutOfProcess" requestTimeout="00:10:00"><environmentVariables><environmentVariable name="ASPNETCORE_ENVIRONMENT" value="Production" /></environmentVariables></aspNetCore>' +
          '<modules><remove name="WebDAVModule" /></modules>' +
          '<security><requestFiltering removeServerHeader="true"><requestLimits maxAllowedContentLength="4294967295" /></requestFiltering></security>' +
          '<httpProtocol><customHeaders><remove name="X-Powered-By" /></customHeaders></httpProtocol>',
      );
    const revision = await read(text);
    expect(told(revision)).toEqual({
      serves: 'request-filtering asp-net-core',
      runs: 'outofprocess: dotnet .\\Shop.dll',
      says: [
        'warning 10 Poolhouse does not act on these sections yet; they are accepted and have no effect: system.webServer/httpProtocol (line 10).',
      ],
    });
    expect(JSON.stringify(revision.plan.sites[0]?.settings)).toContain('"maxAllowedContentLength":4294967295');
  });

  it('of the sources instead of the published folder', async () => {
    const text = published.replace('"dotnet"', '"%LAUNCHER_PATH%"').replace('".\\Shop.dll"', '"%LAUNCHER_ARGS%"');
    expect(told(await read(text))).toMatchObject({
      says: [expect.stringMatching(/^error 8 .*%LAUNCHER_PATH%.*dotnet publish/)],
    });
  });

  it('with a setting of the older module', async () => {
    const text = published.replace('stdoutLogEnabled="false"', 'startupRetryCount="2"');
    expect(told(await read(text))).toMatchObject({
      serves: expect.stringContaining("Unrecognized attribute 'startupRetryCount' of system.webServer/aspNetCore"),
    });
  });
});

describe('Node.js', () => {
  const iisnode = `<?xml version="1.0" encoding="utf-8"?>
<!-- This configuration file is required if iisnode is used to run node processes behind IIS. -->
<configuration>
  <system.webServer>
    <!-- Visit a page about WebSocket for more information -->
    <webSocket enabled="false" />
    <handlers>
      <add name="iisnode" path="server.js" verb="*" modules="iisnode"/>
    </handlers>
    <rewrite>
      <rules>
        <rule name="NodeInspector" patternSyntax="ECMAScript" stopProcessing="true">
          <match url="^server.js\\/debug[\\/]?" />
        </rule>
        <rule name="StaticContent">
          <action type="Rewrite" url="public{REQUEST_URI}"/>
        </rule>
        <rule name="DynamicContent">
          <conditions><add input="{REQUEST_FILENAME}" matchType="IsFile" negate="True"/></conditions>
          <action type="Rewrite" url="server.js"/>
        </rule>
      </rules>
    </rewrite>
    <security>
      <requestFiltering>
        <hiddenSegments>
          <remove segment="bin"/>
        </hiddenSegments>
      </requestFiltering>
    </security>
    <httpErrors existingResponse="PassThrough" />
    <!-- <iisnode watchedFiles="web.config;*.js"/> -->
  </system.webServer>
</configuration>`;

  it('by the template of iisnode', async () => {
    expect(told(await read(iisnode))).toMatchObject({
      runs: 'inprocess: node server.js',
      says: [
        expect.stringContaining('system.webServer/rewrite/rules (line 11), system.webServer/httpErrors (line 31)'),
      ],
    });
  });

  it('with settings, in the section and in iisnode.yml', async () => {
    const text = iisnode.replace(
      '<!-- <iisnode',
      '<iisnode node_env="production" nodeProcessCountPerApplication="0" loggingEnabled="true" watchedFiles="*.js" /><!-- <iisnode',
    );
    expect(told(await read(text))).toMatchObject({ runs: 'outofprocess: node server.js' });
    const overridden = await read(text, { '/srv/iisnode.yml': 'nodeProcessCountPerApplication: 1\n' });
    expect(told(overridden)).toMatchObject({ runs: 'inprocess: node server.js' });
    expect(overridden.files?.some(({ path }) => path === '/srv/iisnode.yml')).toBe(true);
  });
});

describe('other programs', () => {
  it('Java behind httpPlatform', async () => {
    const revision = await read(`<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.webServer>
    <handlers>
      <add name="httpPlatformHandler" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" />
    </handlers>
    <httpPlatform processPath="%JAVA_HOME%\\bin\\java.exe" startupTimeLimit="60"
        arguments="-Dserver.port=%HTTP_PLATFORM_PORT% -jar &quot;%HOME%\\site\\wwwroot\\app.jar&quot;">
    </httpPlatform>
  </system.webServer>
</configuration>`);
    expect(told(revision)).toEqual({
      serves: 'request-filtering asp-net-core',
      runs: 'outofprocess: %JAVA_HOME%\\bin\\java.exe -Dserver.port=%HTTP_PLATFORM_PORT% -jar "%HOME%\\site\\wwwroot\\app.jar"',
      says: [],
    });
  });

  it('Python behind wfastcgi loads, and says what it needs', async () => {
    const revision = await read(`<?xml version="1.0"?>
<configuration>
  <appSettings>
    <add key="WSGI_HANDLER" value="app.wsgi_app"/>
    <add key="PYTHONPATH" value="D:\\home\\site\\wwwroot" />
  </appSettings>
  <system.web><compilation debug="true" targetFramework="4.0" /></system.web>
  <system.webServer>
    <modules runAllManagedModulesForAllRequests="true" />
    <handlers>
      <remove name="Python27_via_FastCGI" />
      <add name="Python FastCGI" path="handler.fcgi" verb="*" modules="FastCgiModule"
        scriptProcessor="D:\\Python34\\python.exe|D:\\Python34\\wfastcgi.py" resourceType="Unspecified" requireAccess="Script"/>
    </handlers>
  </system.webServer>
</configuration>`);
    expect(told(revision)).toMatchObject({
      serves: 'request-filtering handlers',
      says: [expect.stringMatching(/^warning 12 .*FastCgiModule/)],
    });
  });
});

describe('sites of files', () => {
  it('a page application with its fallback, types and headers', async () => {
    const revision = await read(`<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.webServer>
    <staticContent>
      <remove fileExtension=".woff2" />
      <mimeMap fileExtension=".woff2" mimeType="font/woff2" />
      <mimeMap fileExtension=".json" mimeType="application/json" />
      <mimeMap fileExtension="woff" mimeType="font/woff" />
      <clientCache cacheControlMode="UseMaxAge" cacheControlMaxAge="30.00:00:00" />
    </staticContent>
    <defaultDocument enabled="true"><files><clear /><add value="index.html" /></files></defaultDocument>
    <directoryBrowse enabled="false" />
    <rewrite><rules><rule name="spa"><match url=".*" /><action type="Rewrite" url="/" /></rule></rules></rewrite>
  </system.webServer>
</configuration>`);
    expect(told(revision)).toEqual({
      serves: 'request-filtering handlers',
      says: [
        expect.stringMatching(
          /^warning 7 mimeMap\[\.json\] replaces the entry at \(built into Poolhouse\):1:1; IIS would refuse it/,
        ),
        'warning 8 mimeMap "woff" fits no file: write fileExtension=".woff".',
        expect.stringContaining('system.webServer/rewrite/rules (line 13)'),
      ],
    });
  });

  it('what classic ASP.NET leaves in a folder: read, kept, and named where it cannot run', async () => {
    const revision = await read(`<?xml version="1.0"?>
<configuration>
  <configSections>
    <section name="entityFramework" type="System.Data.Entity.Internal.ConfigFile.EntityFrameworkSection" requirePermission="false" />
    <sectionGroup name="applicationSettings"><section name="Shop.Settings" type="x" /></sectionGroup>
  </configSections>
  <connectionStrings><add name="a" connectionString="secret" /></connectionStrings>
  <system.web><httpRuntime maxRequestLength="1" /><customErrors mode="Off" /></system.web>
  <runtime><assemblyBinding xmlns="urn:schemas-microsoft-com:asm.v1"><dependentAssembly /></assemblyBinding></runtime>
  <system.codedom><compilers /></system.codedom>
  <entityFramework><providers /></entityFramework>
  <applicationSettings><Shop.Settings><setting name="x"><value>1</value></setting></Shop.Settings></applicationSettings>
  <system.webServer>
    <validation validateIntegratedModeConfiguration="false" />
    <handlers>
      <remove name="ExtensionlessUrlHandler-Integrated-4.0" />
      <add name="Pages" path="*.aspx" verb="*" type="System.Web.UI.PageHandlerFactory" preCondition="integratedMode" />
    </handlers>
  </system.webServer>
</configuration>`);
    expect(told(revision)).toMatchObject({ serves: 'request-filtering handlers' });
    expect(JSON.stringify(revision)).not.toContain('secret');
  });
});

describe("a server's file of IIS Express", () => {
  const declared = [
    'asp',
    'caching',
    'cgi',
    'defaultDocument',
    'directoryBrowse',
    'fastCgi',
    'httpCompression',
    'httpErrors',
    'httpProtocol',
    'httpRedirect',
    'httpTracing',
    'isapiFilters',
    'odbcLogging',
    'serverRuntime',
    'serverSideInclude',
    'staticContent',
    'urlCompression',
    'validation',
    'aspNetCore',
  ];
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <configSections>
    <sectionGroup name="system.applicationHost">
      ${['applicationPools', 'configHistory', 'customMetadata', 'listenerAdapters', 'log', 'serviceAutoStartProviders', 'sites', 'webLimits'].map((name) => `<section name="${name}" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />`).join('')}
    </sectionGroup>
    <sectionGroup name="system.webServer">
      ${declared.map((name) => `<section name="${name}" overrideModeDefault="Allow" />`).join('')}
      <section name="globalModules" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
      <section name="handlers" overrideModeDefault="Deny" />
      <section name="httpLogging" overrideModeDefault="Deny" />
      <section name="modules" allowDefinition="MachineToApplication" overrideModeDefault="Deny" />
      <section name="webSocket" overrideModeDefault="Deny" />
      <sectionGroup name="security">
        <section name="access" overrideModeDefault="Deny" /><section name="authorization" overrideModeDefault="Allow" />
        <section name="ipSecurity" overrideModeDefault="Deny" /><section name="requestFiltering" overrideModeDefault="Allow" />
        <sectionGroup name="authentication">
          <section name="anonymousAuthentication" overrideModeDefault="Deny" /><section name="windowsAuthentication" overrideModeDefault="Deny" />
        </sectionGroup>
      </sectionGroup>
    </sectionGroup>
  </configSections>
  <configProtectedData><providers><add name="AesProvider" type="x" keyContainerName="y" sessionKey="z" /></providers></configProtectedData>
  <system.applicationHost>
    <applicationPools>
      <add name="Clr4IntegratedAppPool" managedRuntimeVersion="v4.0" managedPipelineMode="Integrated" CLRConfigFile="%IIS_USER_HOME%\\config\\aspnet.config" autoStart="true" />
      <add name="UnmanagedClassicAppPool" managedRuntimeVersion="" managedPipelineMode="Classic" autoStart="true" />
      <applicationPoolDefaults managedRuntimeLoader="v4.0"><processModel loadUserProfile="true" setProfileEnvironment="false" /></applicationPoolDefaults>
    </applicationPools>
    <listenerAdapters><add name="http" /></listenerAdapters>
    <sites>
      <site name="WebSite1" id="1" serverAutoStart="true">
        <application path="/"><virtualDirectory path="/" physicalPath="%IIS_SITES_HOME%\\WebSite1" /></application>
        <bindings><binding protocol="http" bindingInformation=":8080:localhost" /></bindings>
      </site>
      <site name="Shop" id="2">
        <application path="/" applicationPool="Clr4IntegratedAppPool"><virtualDirectory path="/" physicalPath="C:\\src\\Shop" /></application>
        <bindings>
          <binding protocol="http" bindingInformation="*:50073:localhost" />
          <binding protocol="https" bindingInformation="*:44300:localhost" />
        </bindings>
      </site>
      <siteDefaults>
        <logFile logFormat="W3C" directory="%IIS_USER_HOME%\\Logs" />
        <traceFailedRequestsLogging directory="%IIS_USER_HOME%\\TraceLogFiles" enabled="true" maxLogFileSizeKB="1024" />
      </siteDefaults>
      <applicationDefaults applicationPool="Clr4IntegratedAppPool" />
      <virtualDirectoryDefaults allowSubDirConfig="true" />
    </sites>
    <webLimits />
  </system.applicationHost>
  <system.webServer>
    <serverRuntime />
    <asp scriptErrorSentToBrowser="true"><limits /></asp>
    <defaultDocument enabled="true"><files><add value="index.html" /></files></defaultDocument>
    <globalModules><add name="StaticFileModule" image="%IIS_BIN%\\static.dll" /></globalModules>
    <httpErrors lockAttributes="allowAbsolutePathsWhenDelegated,defaultPath"><error statusCode="404" path="404.htm" /></httpErrors>
    <security>
      <access sslFlags="None" />
      <authentication>
        <anonymousAuthentication enabled="true" userName="" />
        <windowsAuthentication enabled="false"><providers><add value="Negotiate" /></providers></windowsAuthentication>
      </authentication>
      <authorization><add accessType="Allow" users="*" /></authorization>
      <ipSecurity allowUnlisted="true" />
    </security>
    <staticContent lockAttributes="isDocFooterFileName"><mimeMap fileExtension=".html" mimeType="text/html" /></staticContent>
  </system.webServer>
  <location path="" overrideMode="Allow">
    <system.webServer>
      <modules><add name="StaticFileModule" lockItem="true" /></modules>
      <handlers accessPolicy="Read, Script">
        <add name="StaticFile" path="*" verb="*" modules="StaticFileModule,DefaultDocumentModule,DirectoryListingModule" resourceType="Either" requireAccess="Read" />
      </handlers>
    </system.webServer>
  </location>
  <location path="Shop">
    <system.webServer>
      <handlers><add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" /></handlers>
      <aspNetCore processPath="dotnet" arguments="Shop.dll" startupTimeLimit="3600" requestTimeout="23:00:00" hostingModel="InProcess" />
    </system.webServer>
  </location>
</configuration>`;

  it('loads, serves its sites, and says once what has no effect', async () => {
    const revision = await loadGood({
      [configFile]: text,
      '/src/Shop/x': '',
      '/root/My Web Sites/WebSite1/index.html': '',
    });
    expect(
      revision.sites.map(({ name, bindings, applications }) => [
        name,
        bindings.map(({ port, host }) => `${port} ${host}`),
        applications[0]?.pool,
        applications[0]?.physicalPath,
      ]),
    ).toEqual([
      ['WebSite1', ['8080 localhost'], 'Clr4IntegratedAppPool', '/root/My Web Sites/WebSite1'],
      ['Shop', ['50073 localhost'], 'Clr4IntegratedAppPool', '/src/Shop'],
    ]);
    expect(revision.sites[1]?.applications[0]?.hosting).toMatchObject({
      startupTimeLimitSeconds: 3600,
      requestTimeoutSeconds: 82_800,
    });
    expect(revision.plan.sites.map(({ applications }) => applications[0]?.scopes[0]?.broken)).toEqual([
      undefined,
      undefined,
    ]);
    expect(revision.diagnostics.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      'warning site/traceFailedRequestsLogging@enabled is accepted and has no effect yet.',
      expect.stringMatching(/^error https bindings are not served yet: \*:44300:localhost of site "Shop" is left out/),
      expect.stringMatching(
        /^warning Poolhouse does not act on these sections yet.*system\.webServer\/httpErrors \(line \d+\)\.$/,
      ),
    ]);
  });

  it('honours its locks: webSocket is denied in it, handlers are open', async () => {
    const revision = await loadGood({
      [configFile]: text,
      '/src/Shop/web.config':
        '<configuration><system.webServer><webSocket enabled="false"/></system.webServer></configuration>',
      '/root/My Web Sites/WebSite1/x': '',
    });
    expect(revision.plan.sites[1]?.applications[0]?.scopes[0]?.broken?.detail).toMatch(
      /system\.webServer\/webSocket is locked by overrideModeDefault="Deny" at/,
    );
  });
});
