import { describe, expect, it } from 'vitest';
import { compilers, effectiveConfiguration, scopeContext } from '../testing/effective-configuration.ts';
import type { CompiledHosting, HostedApplication, UnusableHosting } from '../scope-context.ts';

interface Options {
  readonly environment?: Record<string, string>;
  readonly variables?: Record<string, string>;
  readonly iisnodeYml?: string;
  /** Of applicationHost.config, in system.webServer. */
  readonly server?: string;
}

/** Hosting of a site whose web.config has these elements in system.webServer, and what was reported. */
function compile(elements: string, { environment, variables, iisnodeYml, server = '' }: Options = {}) {
  const configuration = effectiveConfiguration(
    {
      server: `<system.webServer>${server}</system.webServer>`,
      site: `<system.webServer>\n${elements}\n</system.webServer>`,
    },
    variables,
  );
  expect(configuration.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const context = scopeContext();
  const hosting = compilers(environment).compileHosting(configuration, context.report, iisnodeYml);
  return { hosting, reported: context.reported };
}

function settingsOf({ hosting }: { hosting: CompiledHosting | undefined }) {
  expect(hosting).toHaveProperty('settings');
  return (hosting as HostedApplication).settings;
}

function failureOf({ hosting }: { hosting: CompiledHosting | undefined }) {
  expect(hosting).toHaveProperty('failure');
  return (hosting as UnusableHosting).failure;
}

const handler = (module: string, path = '*') =>
  `<handlers><add name="app" path="${path}" verb="*" modules="${module}" resourceType="Unspecified"/></handlers>`;
const v2 = handler('AspNetCoreModuleV2');

/** Errors of the configuration itself: a level that has some answers 500.19. */
function errorsOf(elements: string): readonly string[] {
  const { diagnostics } = effectiveConfiguration({ site: `<system.webServer>${elements}</system.webServer>` });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

describe('compileHosting', () => {
  it('M-11 finds no program without handler and section', () => {
    expect(compile('').hosting).toBeUndefined();
  });

  it('M-17 answers 500 for every application of a module that is switched off, with event 1013', () => {
    const server = '<aspNetCoreModule disableModule="true"/>';
    const result = compile(`${v2}<aspNetCore processPath="node"/>`, { server });
    expect(failureOf(result)).toMatchObject({ status: 500, subStatus: 0, page: true });
    expect(result.reported).toMatchObject([{ severity: 'warning', code: 'moduleDisabled', line: 2 }]);
    const others = compile(`${handler('httpPlatformHandler')}<httpPlatform processPath="java"/>`, { server });
    expect(settingsOf(others).processPath).toBe('java');
  });

  it('M-17 lets no web.config switch the module', () => {
    expect(errorsOf('<aspNetCoreModule disableModule="false"/>')).toHaveLength(1);
  });

  it('reads <aspNetCore> as published', () => {
    const result = compile(
      `${v2}<aspNetCore processPath="dotnet" arguments=".\\Shop.dll" stdoutLogEnabled="false" ` +
        'stdoutLogFile=".\\logs\\stdout" hostingModel="inprocess"/>',
    );
    expect(settingsOf(result)).toEqual({
      processPath: 'dotnet',
      arguments: '.\\Shop.dll',
      hostingModel: 'inprocess',
      startupTimeLimitSeconds: 120,
      shutdownTimeLimitSeconds: 10,
      rapidFailsPerMinute: 10,
      requestTimeoutSeconds: 120,
      processesPerApplication: 1,
      stdoutLogEnabled: false,
      stdoutLogFile: '.\\logs\\stdout',
      disableStartUpErrorPage: false,
      environmentVariables: [],
      handlerSettings: {},
      origin: { file: '/srv/www/web.config', line: 3, column: v2.length + 1 },
    });
    expect(result.reported).toEqual([]);
  });

  it.each(['<aspNetCore/>', '<aspNetCore processPath=""/>', ''])(
    'M-1 refuses %j: 500.0 naming the attribute',
    (section) => {
      const result = compile(v2 + section);
      expect(failureOf(result)).toMatchObject({ status: 500, subStatus: 0, page: true });
      expect(failureOf(result).detail).toContain("'processPath'");
      expect(failureOf(result).title).not.toContain('processPath');
      expect(result.reported).toMatchObject([{ severity: 'error', message: expect.stringContaining("'processPath'") }]);
    },
  );

  it('M-2 leaves <add> in environmentVariables to the configuration, as an error', () => {
    const section =
      '<aspNetCore processPath="node"><environmentVariables><add name="A" value="1"/></environmentVariables></aspNetCore>';
    expect(errorsOf(v2 + section)).toEqual([expect.stringContaining("'add'")]);
  });

  it('M-3 refuses an unknown hosting model: 500.0 with the value', () => {
    const result = compile(`${v2}<aspNetCore processPath="node" hostingModel="bogus"/>`);
    expect(failureOf(result)).toMatchObject({ status: 500, subStatus: 0 });
    expect(failureOf(result).detail).toContain('"bogus"');
    expect(result.reported[0]).toMatchObject({ severity: 'error', file: '/srv/www/web.config', line: 3 });
  });

  it.each([
    ['M-4', '', 'outofprocess'],
    ['M-4', 'hostingModel=""', 'outofprocess'],
    ['M-5', 'hostingModel="InProcess"', 'inprocess'],
    ['M-5', 'hostingModel="INPROCESS"', 'inprocess'],
    ['', 'hostingModel="OutOfProcess"', 'outofprocess'],
  ])('%s reads %s as %s', (_, attribute, expected) => {
    expect(settingsOf(compile(`${v2}<aspNetCore processPath="node" ${attribute}/>`)).hostingModel).toBe(expected);
  });

  it.each([
    ['M-6', 'startupTimeLimit="3601"'],
    ['M-7', 'rapidFailsPerMinute="101"'],
    ['M-8', 'requestTimeout="00:60:00"'],
    ['', 'startupRetryCount="2"'],
  ])('%s leaves %s to the configuration, as an error', (_, attribute) => {
    expect(errorsOf(`${v2}<aspNetCore processPath="node" ${attribute}/>`)).toHaveLength(1);
  });

  it('M-9 keeps handler settings by lower-case name, the first of a name, unknown ones too', () => {
    const settings = ['stackSize=1', 'STACKSIZE=2', 'somethingNew=x']
      .map((setting) => setting.split('='))
      .map(([name, value]) => `<handlerSetting name="${name}" value="${value}"/>`);
    const section = `<aspNetCore processPath="node"><handlerSettings>${settings.join('')}</handlerSettings></aspNetCore>`;
    expect(settingsOf(compile(v2 + section)).handlerSettings).toEqual({ stacksize: '1', somethingnew: 'x' });
  });

  it('M-12 expands %VAR% in processPath', () => {
    const result = compile(`${v2}<aspNetCore processPath="%DotnetPath%"/>`, {
      variables: { DOTNETPATH: '/opt/dotnet' },
    });
    expect(settingsOf(result).processPath).toBe('/opt/dotnet');
  });

  it('M-16 lets ANCM_LAUNCHER_PATH and ANCM_LAUNCHER_ARGS replace the attributes', () => {
    const environment = { ANCM_LAUNCHER_PATH: '/opt/x', ANCM_LAUNCHER_ARGS: '--y' };
    const result = compile(`${v2}<aspNetCore processPath="%LAUNCHER_PATH%" arguments="%LAUNCHER_ARGS%"/>`, {
      environment,
    });
    expect(settingsOf(result)).toMatchObject({ processPath: '/opt/x', arguments: '--y' });
  });

  it('says of an unpublished folder to publish it', () => {
    const result = compile(`${v2}<aspNetCore processPath="%LAUNCHER_PATH%" arguments="%LAUNCHER_ARGS%"/>`);
    expect(failureOf(result).detail).toContain('dotnet publish');
  });

  it.each([
    ['9.9.9', 500, 36],
    ['1.2.3', undefined, undefined],
  ])('M-19 compares handlerVersion %s with the installed version', (version, status, subStatus) => {
    const { hosting } = compile(
      `${v2}<aspNetCore processPath="node"><handlerSettings><handlerSetting name="handlerVersion" value="${version}"/>` +
        '</handlerSettings></aspNetCore>',
    );
    const failure = hosting !== undefined && 'failure' in hosting ? hosting.failure : undefined;
    expect([failure?.status, failure?.subStatus]).toEqual([status, subStatus]);
  });

  it.each(['-1', 'soon', ''])('refuses shutdownDelay=%j in-process', (delay) => {
    const section = (model: string) =>
      `<aspNetCore processPath="node" hostingModel="${model}"><handlerSettings>` +
      `<handlerSetting name="shutdownDelay" value="${delay}"/></handlerSettings></aspNetCore>`;
    expect(failureOf(compile(v2 + section('inprocess'))).detail).toContain('shutdownDelay');
    expect(settingsOf(compile(v2 + section('outofprocess'))).hostingModel).toBe('outofprocess');
  });

  it('keeps environment variables in document order, unexpanded, repeated names too', () => {
    const variables = ['A=1', 'B=%A%', 'a=2'].map((pair) => pair.split('='));
    const elements = variables.map(([name, value]) => `<environmentVariable name="${name}" value="${value}"/>`);
    const section = `<aspNetCore processPath="node"><environmentVariables>${elements.join('')}</environmentVariables></aspNetCore>`;
    expect(settingsOf(compile(v2 + section)).environmentVariables).toEqual(variables);
  });

  it('lets the first version of the module host out-of-process only, and says so', () => {
    const result = compile(`${handler('AspNetCoreModule')}<aspNetCore processPath="node" hostingModel="inprocess"/>`);
    expect(settingsOf(result).hostingModel).toBe('outofprocess');
    expect(result.reported).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('AspNetCoreModuleV2') },
    ]);
  });

  it.each([
    ['forwardWindowsAuthToken="true"', 'forwardWindowsAuthToken'],
    ['hostingModel="inprocess" processesPerApplication="3"', 'maxProcesses'],
  ])('warns of %s', (attributes, expected) => {
    const { reported } = compile(`${v2}<aspNetCore processPath="node" ${attributes}/>`);
    expect(reported).toMatchObject([{ severity: 'warning', line: 3, message: expect.stringContaining(expected) }]);
  });

  it('warns of recycleOnFileChange, not of forwardWindowsAuthToken that nobody wrote', () => {
    const { reported } = compile(
      `${v2}<aspNetCore processPath="node"><recycleOnFileChange><file path="x"/></recycleOnFileChange></aspNetCore>`,
    );
    expect(reported.map(({ message }) => message)).toEqual([expect.stringContaining('recycleOnFileChange')]);
  });

  it.each([
    [{}, '', false],
    [{ ASPNETCORE_DETAILEDERRORS: '1' }, '', true],
    [{ ASPNETCORE_ENVIRONMENT: 'development' }, '', true],
    [{}, '<environmentVariable name="aspnetcore_environment" value="Development"/>', true],
    [{}, '<environmentVariable name="ASPNETCORE_DETAILEDERRORS" value="TRUE"/>', true],
    [
      { ASPNETCORE_ENVIRONMENT: 'Production' },
      '<environmentVariable name="ASPNETCORE_ENVIRONMENT" value="Development"/>',
      false,
    ],
  ])('with %j and %j shows details to everyone: %s', (environment, variables, expected) => {
    const section = `<aspNetCore processPath="node"><environmentVariables>${variables}</environmentVariables></aspNetCore>`;
    expect(compile(v2 + section, { environment }).hosting?.detailedErrors).toBe(expected);
  });

  it('takes the section where only a deeper folder maps the handler', () => {
    expect(compile('<aspNetCore processPath="node"/>').hosting).toMatchObject({ module: 'AspNetCoreModuleV2' });
  });

  describe('httpPlatform', () => {
    const platform = handler('httpPlatformHandler');

    it('is another spelling, out-of-process', () => {
      const result = compile(
        `${platform}<httpPlatform processPath="%JAVA_HOME%\\bin\\java.exe" startupTimeLimit="220" ` +
          'arguments="-Dserver.port=%HTTP_PLATFORM_PORT% -jar app.jar" processesPerApplication="2" requestTimeout="00:05:00">' +
          '<environmentVariables><environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%"/></environmentVariables></httpPlatform>',
      );
      expect(settingsOf(result)).toMatchObject({
        processPath: '%JAVA_HOME%\\bin\\java.exe',
        arguments: '-Dserver.port=%HTTP_PLATFORM_PORT% -jar app.jar',
        hostingModel: 'outofprocess',
        startupTimeLimitSeconds: 220,
        requestTimeoutSeconds: 300,
        processesPerApplication: 2,
        environmentVariables: [['PORT', '%HTTP_PLATFORM_PORT%']],
      });
      expect(result.reported).toEqual([]);
    });

    it('names what is missing, and a placeholder of a build', () => {
      expect(failureOf(compile(platform)).detail).toContain("'processPath'");
      const section = '<httpPlatform processPath="java" arguments="-jar ${JAR_FILE_NAME}"/>';
      expect(failureOf(compile(platform + section)).detail).toContain('${JAR_FILE_NAME}');
    });

    it('warns of what has no effect', () => {
      const { reported } = compile(`${platform}<httpPlatform processPath="x" startupRetryCount="3"/>`);
      expect(reported).toMatchObject([{ severity: 'warning', message: expect.stringContaining('startupRetryCount') }]);
    });
  });

  describe('iisnode', () => {
    it('runs the script of the handler in-process', () => {
      const result = compile(handler('iisnode', 'server.js'));
      expect(result.hosting).toMatchObject({ module: 'iisnode', script: 'server.js' });
      expect(settingsOf(result)).toMatchObject({
        processPath: 'node',
        arguments: 'server.js',
        hostingModel: 'inprocess',
        shutdownTimeLimitSeconds: 60,
        requestTimeoutSeconds: 0,
        environmentVariables: [],
        stdoutLogEnabled: false,
      });
      expect(result.reported).toEqual([]);
    });

    it.each([
      ['1', 'inprocess', 1],
      ['0', 'outofprocess', 4],
      ['3', 'outofprocess', 3],
    ])(
      'hosts nodeProcessCountPerApplication=%s %s with %i processes',
      (count, hostingModel, processesPerApplication) => {
        const section = `<iisnode nodeProcessCountPerApplication="${count}"/>`;
        expect(settingsOf(compile(handler('iisnode', 'app.js') + section))).toMatchObject({
          hostingModel,
          processesPerApplication,
        });
      },
    );

    it.each([
      ['node', 'node', 'bin/www'],
      ['node.exe', 'node', 'bin/www'],
      ['&quot;%programfiles%\\nodejs\\node.exe&quot;', 'node', 'bin/www'],
      ['C:\\Program Files\\nodejs\\node.exe', 'node', 'bin/www'],
      ['C:\\Program Files\\nodejs\\node.exe --harmony --x=1', 'node', '--harmony --x=1 bin/www'],
      ['&quot;D:\\node 20\\node.exe&quot; --stack-size=2000', 'node', '--stack-size=2000 bin/www'],
      ['/opt/node/bin/node --inspect', '/opt/node/bin/node', '--inspect bin/www'],
    ])('reads nodeProcessCommandLine %s', (line, processPath, expected) => {
      const section = `<iisnode nodeProcessCommandLine="${line}"/>`;
      expect(settingsOf(compile(handler('iisnode', 'bin/www') + section))).toMatchObject({
        processPath,
        arguments: expected,
      });
    });

    it('quotes a script with blanks', () => {
      expect(settingsOf(compile(handler('iisnode', 'my app\\server.js'))).arguments).toBe('"my app/server.js"');
    });

    it.each([
      ['production', [['NODE_ENV', 'production']]],
      ['%node_env%', []],
      ['', []],
    ])('sets NODE_ENV from node_env=%j', (value, expected) => {
      const section = `<iisnode node_env="${value}"/>`;
      expect(settingsOf(compile(handler('iisnode', 'app.js') + section)).environmentVariables).toEqual(expected);
    });

    it('writes a log file where loggingEnabled asks for one', () => {
      const section = '<iisnode loggingEnabled="true" logDirectory="logs"/>';
      expect(settingsOf(compile(handler('iisnode', 'app.js') + section))).toMatchObject({
        stdoutLogEnabled: true,
        stdoutLogFile: 'logs/stdout',
      });
    });

    it('lets iisnode.yml outrank the section', () => {
      const section = '<iisnode node_env="development" gracefulShutdownTimeout="1000"/>';
      const result = compile(handler('iisnode', 'app.js') + section, {
        iisnodeYml:
          '# overrides\nnode_env: production\nnodeProcessCommandLine: "C:\\Program Files\\nodejs\\node.exe"\nwatchedFiles: *.js;iisnode.yml\n',
      });
      expect(settingsOf(result)).toMatchObject({
        processPath: 'node',
        shutdownTimeLimitSeconds: 1,
        environmentVariables: [['NODE_ENV', 'production']],
      });
      expect(result.reported.map(({ message }) => message)).toEqual([expect.stringContaining('watchedFiles')]);
    });

    it('reports what iisnode.yml holds and nobody understands', () => {
      const { reported } = compile(handler('iisnode', 'app.js'), {
        iisnodeYml: 'nodeEnv: production\nhttp://foo.com\nloggingEnabled: maybe\n',
      });
      expect(reported.map(({ message }) => message)).toEqual([
        expect.stringContaining('line 2'),
        expect.stringContaining('nodeEnv'),
        expect.stringContaining('loggingEnabled'),
      ]);
    });

    it('refuses a pattern: one application is one program', () => {
      expect(failureOf(compile(handler('iisnode', '*.js'))).detail).toContain('"*.js"');
    });

    it('says in one line what of a copied sample means nothing here', () => {
      const section = '<iisnode maxLogFiles="20" debuggerPortRange="5058-6058" promoteServerVars="AUTH_USER"/>';
      const { reported } = compile(handler('iisnode', 'app.js') + section);
      expect(reported.map(({ message }) => message)).toEqual([
        'Settings of iisnode that mean nothing here: debuggerPortRange, maxLogFiles.',
        expect.stringContaining('promoteServerVars'),
      ]);
    });
  });
});
