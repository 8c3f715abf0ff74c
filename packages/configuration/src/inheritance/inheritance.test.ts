import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { faultLimit } from '../diagnostics/fault-limit.ts';
import type { EffectiveElement } from '../schema/effective-element.ts';
import type { ElementSchema, SectionSchema } from '../schema/section-schema.ts';
import { parseXml } from '../xml/parse-xml.ts';
import type { IncludedFile } from './config-source.ts';
import { readConfigurationFile, type ConfigurationFile } from './configuration-file.ts';
import { Evaluator, type Evaluation } from './evaluate.ts';
import { levelBelow, serverLevel, type Level } from './level.ts';
import { builtInRegistry, type BuiltInContent, type SectionRegistry } from './section-registry.ts';

const nameValue: ElementSchema = {
  attributes: { name: { type: 'string', required: true }, value: { type: 'string' } },
};

const schemas: readonly SectionSchema[] = [
  {
    path: 'system.webServer/defaultDocument',
    overrideModeDefault: 'Allow',
    attributes: { enabled: { type: 'bool', default: true } },
    elements: {
      files: {
        collection: { order: 'prepend', keys: ['value'], entry: { attributes: { value: { type: 'string' } } } },
      },
    },
  },
  {
    path: 'system.webServer/handlers',
    overrideModeDefault: 'Allow',
    attributes: { accessPolicy: { type: 'flags', values: { Read: 1, Script: 512 }, default: ['Read'] } },
    collection: {
      order: 'prepend',
      keys: ['name'],
      entry: {
        attributes: { name: { type: 'string', required: true, caseSensitive: true }, path: { type: 'string' } },
      },
    },
  },
  {
    path: 'system.webServer/modules',
    overrideModeDefault: 'Deny',
    allowDefinition: 'MachineToApplication',
    collection: {
      keys: ['name'],
      entry: { attributes: { name: { type: 'string', required: true, caseSensitive: true } } },
    },
  },
  {
    path: 'system.webServer/globalModules',
    overrideModeDefault: 'Deny',
    allowDefinition: 'AppHostOnly',
    collection: { keys: ['name'], entry: nameValue },
  },
  {
    path: 'system.webServer/httpProtocol',
    overrideModeDefault: 'Allow',
    elements: { customHeaders: { collection: { keys: ['name'], entry: nameValue } } },
  },
  {
    path: 'system.webServer/staticContent',
    overrideModeDefault: 'Allow',
    collection: {
      addElement: 'mimeMap',
      keys: ['fileExtension'],
      inheritedDuplicate: 'replace',
      entry: { attributes: { fileExtension: { type: 'string', required: true }, mimeType: { type: 'string' } } },
    },
  },
  {
    path: 'system.webServer/httpErrors',
    overrideModeDefault: 'Allow',
    attributes: { errorMode: { type: 'enum', values: { DetailedLocalOnly: 0, Custom: 1, Detailed: 2 } } },
    collection: {
      addElement: 'error',
      keys: ['statusCode', 'subStatusCode'],
      keyKind: 'combined',
      entry: {
        attributes: {
          statusCode: { type: 'uint', required: true },
          subStatusCode: { type: 'int', default: -1 },
          path: { type: 'string', expanded: true },
        },
      },
    },
  },
  {
    path: 'system.webServer/applicationInitialization',
    overrideModeDefault: 'Allow',
    allowDefinition: 'MachineToApplication',
    attributes: { doAppInitAfterRestart: { type: 'bool' } },
  },
  {
    path: 'system.webServer/rewrite/rules',
    overrideModeDefault: 'Allow',
    collection: {
      addElement: 'rule',
      keys: ['name'],
      entry: {
        attributes: { name: { type: 'string', required: true } },
        elements: {
          conditions: { collection: { entry: { attributes: { input: { type: 'string', required: true } } } } },
        },
      },
    },
  },
  {
    path: 'system.webServer/security/authentication/windowsAuthentication',
    overrideModeDefault: 'Deny',
    attributes: { enabled: { type: 'bool' } },
  },
  { path: 'system.webServer/webSocket', overrideModeDefault: 'Allow', bodyPolicy: 'ignoreWithWarning' },
  {
    path: 'secrets',
    overrideModeDefault: 'Allow',
    attributes: { password: { type: 'string', encrypted: true, validation: { kind: 'nonEmptyString' } } },
  },
];
const ignored = ['system.web', 'appSettings', 'runtime'];

interface Tree {
  /** Content of applicationHost.config inside `configuration`. */
  server?: string;
  /** Contents of web.config files by level. */
  web?: Record<string, string>;
  /** Levels that are application roots, besides the site's. */
  applications?: readonly string[];
  includes?: ReadonlyMap<string, IncludedFile>;
  /** Built-in content of one section. */
  content?: readonly [path: string, text: string];
}

const builtIn = (content: Tree['content']): ReadonlyMap<string, BuiltInContent> =>
  new Map(
    content && [[content[0], { file: '(built in)', element: parseXml(new TextEncoder().encode(content[1]), '').root }]],
  );

const read = (
  name: string,
  text: string,
  level: string,
  registry: SectionRegistry,
  includes?: ReadonlyMap<string, IncludedFile>,
): ConfigurationFile => {
  const source = /^<configurations?[ />]/.test(text) ? text : `<configuration>${text}</configuration>`;
  const depth = level === '' ? 0 : level.split('/').length;
  return readConfigurationFile(parseXml(new TextEncoder().encode(source), name), {
    level,
    depth,
    registry,
    ...(includes === undefined ? {} : { includes }),
  });
};

function evaluate(tree: Tree, path: string): Evaluation {
  const { server = '', web = {}, applications = [], includes, content } = tree;
  let level: Level = serverLevel(
    read('/apphost', server, '', builtInRegistry(schemas, ignored, builtIn(content)), includes),
  );
  for (const name of path.split('/')) {
    const below = level.depth === 0 ? name : `${level.path}/${name}`;
    const text = web[below];
    level = levelBelow(level, {
      name,
      isApplicationRoot: level.depth === 0 || applications.includes(below),
      ...(text === undefined ? {} : { file: read(`/${below}/web.config`, text, below, level.registry, includes) }),
    });
  }
  return new Evaluator((name) => (name === 'WINDIR' ? 'C:\\Windows' : undefined)).evaluate(level);
}

const errors = (tree: Tree, path = 'S'): readonly string[] =>
  evaluate(tree, path)
    .diagnostics.filter((one) => one.severity === 'error')
    .map(line);
const line = ({ hresult, file, line, column, message }: Diagnostic): string =>
  `${hresult} ${file}:${line}:${column} ${message}`;
const keys = (element: EffectiveElement, attribute: string): unknown[] =>
  element.entries().map((entry) => entry.get(attribute));
const documents = (tree: Tree, path = 'S'): unknown[] => {
  const evaluation = evaluate(tree, path);
  expect(evaluation.diagnostics).toEqual([]);
  return keys(evaluation.section('system.webServer/defaultDocument').element('files'), 'value');
};
const handlers = (tree: Tree, path = 'S'): unknown[] =>
  keys(evaluate(tree, path).section('system.webServer/handlers'), 'name');
const web = (content: string): string => `<system.webServer>${content}</system.webServer>`;
const files = (content: string): string => web(`<defaultDocument><files>${content}</files></defaultDocument>`);
const add = (...names: string[]): string => names.map((name) => `<add value="${name}"/>`).join('');
const location = (path: string, attributes: string, content: string): string =>
  `<location path="${path}" ${attributes}>${content}</location>`;
const windows = (content = '<windowsAuthentication enabled="true"/>'): string =>
  web(`<security><authentication>${content}</authentication></security>`);

describe('files', () => {
  it('C-4 an empty configuration inherits', () => {
    expect(documents({ server: files(add('A')), web: { S: '<configuration/>' } })).toEqual(['A']);
  });

  it('C-5 an empty group is legal', () => {
    expect(errors({ web: { S: '<system.webServer/>' } })).toEqual([]);
  });

  it.each<[string, Tree, string]>([
    [
      'C-6 configSections after another element',
      { web: { S: `<configuration>\n<system.webServer/>\n<configSections/></configuration>` } },
      '0x8007000d /S/web.config:3:1 configSections is the first element of a file and occurs once.',
    ],
    [
      'C-7 two configSections',
      { web: { S: `<configuration><configSections/>\n<configSections/></configuration>` } },
      '0x8007000d /S/web.config:2:1 configSections is the first element of a file and occurs once.',
    ],
    [
      'C-11 an undeclared element in a group',
      { web: { S: web('\n<unknown><x/></unknown>') } },
      "0x8007000d /S/web.config:2:1 Unrecognized element 'unknown': no section or group system.webServer/unknown is declared; declare it in configSections, or remove it.",
    ],
    [
      'a misspelled section',
      { web: { S: web('<handler/>') } },
      "0x8007000d /S/web.config:1:34 Unrecognized element 'handler': no section or group system.webServer/handler is declared; did you mean handlers?",
    ],
    [
      'an undeclared section',
      { web: { S: '<entityFramework/>' } },
      "0x80070032 /S/web.config:1:16 Unrecognized element 'entityFramework': no section or group entityFramework is declared; declare it in configSections, or remove it.",
    ],
    [
      'another root',
      { web: { S: '<configurations/>' } },
      '0x8007000d /S/web.config:1:1 The root element is <configurations>; it should be <configuration>.',
    ],
    [
      'C-13 an unknown attribute',
      { web: { S: web('<defaultDocument enabld="true"/>') } },
      "0x8007000d /S/web.config:1:51 Unrecognized attribute 'enabld' of system.webServer/defaultDocument: it has enabled. Did you mean enabled?",
    ],
    [
      'an attribute that objects have',
      { web: { S: web('<defaultDocument constructor="x"/>') } },
      "0x8007000d /S/web.config:1:51 Unrecognized attribute 'constructor' of system.webServer/defaultDocument: it has enabled.",
    ],
    [
      'an unknown child',
      { web: { S: web('<defaultDocument><file/></defaultDocument>') } },
      "0x8007000d /S/web.config:1:51 Unrecognized element 'file' in system.webServer/defaultDocument: it holds files. Did you mean files?",
    ],
    [
      'text in a section',
      { web: { S: web('<defaultDocument>\n x</defaultDocument>') } },
      '0x8007000d /S/web.config:2:2 Text has no meaning in system.webServer/defaultDocument.',
    ],
    [
      'an attribute of a group',
      { web: { S: '<system.webServer enabled="true"/>' } },
      "0x8007000d /S/web.config:1:34 Unrecognized attribute 'enabled': the group system.webServer has none.",
    ],
    [
      'a section twice',
      { web: { S: web('<defaultDocument/>\n<defaultDocument/>') } },
      '0x800700b7 /S/web.config:2:1 Section system.webServer/defaultDocument occurs twice for the same place of one file; the first is at /S/web.config:1:34.',
    ],
    [
      'C-60 a value of the wrong type',
      { web: { S: web('<defaultDocument enabled="1"/>') } },
      `0x8007000d /S/web.config:1:51 The 'enabled' attribute is invalid. "1" should be true or false.`,
    ],
    [
      'C-65 a missing required attribute',
      { web: { S: web('<handlers><add path="*"/></handlers>') } },
      "0x8007000d /S/web.config:1:44 Missing required attribute 'name' of add.",
    ],
    [
      'a section encrypted as a whole',
      { web: { S: web('<defaultDocument configProtectionProvider="X"/>') } },
      'undefined /S/web.config:1:51 system.webServer/defaultDocument is encrypted as a whole (configProtectionProvider), which only the Windows server that wrote it can read: enter it again in plain text.',
    ],
  ])('%s is an error', (_, tree, expected) => {
    expect(errors(tree)).toEqual([expected]);
  });

  it('C-12 settings of the .NET Framework are ignored in silence, whatever they hold', () => {
    const evaluation = evaluate(
      { web: { S: '<system.web><compilation x="&lt;"/>text</system.web><appSettings configSource="a"/><runtime/>' } },
      'S',
    );
    expect(evaluation.diagnostics).toEqual([]);
    expect(evaluation.ignored).toEqual([]);
  });

  it('says where sections stand that nothing acts on, but not where they are only unlocked', () => {
    const tree: Tree = {
      server: location('', 'overrideMode="Allow"', web('<webSocket/>')),
      web: { S: web('<webSocket enabled="false"/>') },
    };
    expect(evaluate(tree, 'S').ignored).toEqual([
      { section: 'system.webServer/webSocket', origin: { file: '/S/web.config', line: 1, column: 34 } },
    ]);
  });

  it('merges two groups of one name', () => {
    const tree = { web: { S: `${files(add('A'))}${web('<httpErrors errorMode="Custom"/>')}` } };
    expect(documents(tree)).toEqual(['A']);
    expect(evaluate(tree, 'S').section('system.webServer/httpErrors').get('errorMode')).toBe('Custom');
  });

  it('collects every fault in one pass', () => {
    const found = errors({
      web: {
        S: web(
          '<defaultDocument enabled="no" x="1"><files><add/><remove/><oops/></files></defaultDocument><handlers><add/></handlers>',
        ),
      },
    });
    expect(found).toHaveLength(5);
  });

  it.each([
    ['sections', '<unknown/>'.repeat(1_000)],
    ['elements of a section', web(`<defaultDocument>${'<unknown/>'.repeat(1_000)}</defaultDocument>`)],
    ['entries', files('<add value="a"/>'.repeat(1_000))],
    ['attributes', web(`<handlers ${Array.from({ length: 1_000 }, (_, index) => `a${index}=""`).join(' ')}/>`)],
    ['texts', 'text<x/>'.repeat(1_000)],
    ['locations', '<location x="1"/>'.repeat(1_000)],
    ['declarations', `<configSections>${'<section/>'.repeat(1_000)}</configSections>`],
  ])('tells a hundred faults of one file and that there are more: %s', (_, text) => {
    const found = errors({ web: { S: text } });
    expect(found).toHaveLength(faultLimit + 1);
    expect(found.at(-1)).toMatch(/repair these first/);
  });

  it('does not lose settings to many warnings', () => {
    const entry = (index: number, type: string): string => `<mimeMap fileExtension=".${index}" mimeType="${type}"/>`;
    const list = (type: string): string =>
      web(`<staticContent>${Array.from({ length: 300 }, (_, index) => entry(index, type)).join('')}</staticContent>`);
    const { diagnostics, section } = evaluate({ server: list('a/a'), web: { S: list('b/b') } }, 'S');
    expect(diagnostics).toHaveLength(faultLimit);
    expect(new Set(keys(section('system.webServer/staticContent'), 'mimeType'))).toEqual(new Set(['b/b']));
  });

  it('never shows the text of an encrypted attribute', () => {
    const { diagnostics } = evaluate({ web: { S: '<secrets password="" pasword="hunter2"/>' } }, 'S');
    expect(diagnostics).toHaveLength(2);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});

describe('configSections', () => {
  it.each<[string, Tree, string]>([
    [
      'C-8 a section twice in one file',
      {
        server:
          '<configSections>\n<sectionGroup name="system.webServer"><section name="webSocket"/>\n<section name="webSocket"/></sectionGroup></configSections>',
      },
      "0x800700b7 /apphost:3:1 Duplicate section 'system.webServer/webSocket': it is already declared at /apphost:2:39.",
    ],
    [
      'C-9 a section that the server has declared',
      {
        server:
          '<configSections>\n<sectionGroup name="system.webServer"><section name="webSocket"/></sectionGroup></configSections>',
        web: {
          S: '<configSections><sectionGroup name="system.webServer">\n<section name="webSocket"/></sectionGroup></configSections>',
        },
      },
      "0x800700b7 /S/web.config:2:1 Duplicate section 'system.webServer/webSocket': it is already declared at /apphost:2:39.",
    ],
    [
      'a section without a name',
      { web: { S: '<configSections><section/></configSections>' } },
      "0x8007000d /S/web.config:1:32 Missing required attribute 'name' of <section>.",
    ],
    [
      'a section with a wrong mode',
      { web: { S: '<configSections><section name="x" overrideModeDefault="Maybe"/></configSections>' } },
      "0x8007000d /S/web.config:1:32 The 'overrideModeDefault' attribute is invalid: it should be one of Allow, Deny.",
    ],
  ])('refuses %s', (_, tree, expected) => {
    expect(errors(tree)).toEqual([expected]);
  });

  it('C-10 a declared section without a schema is accepted; reading it fails', () => {
    const evaluation = evaluate(
      {
        web: { S: '<configSections><section name="log4net" type="X"/></configSections><log4net a="1"><x/></log4net>' },
      },
      'S',
    );
    expect(evaluation.diagnostics).toEqual([]);
    expect(() => evaluation.section('log4net')).toThrow('no schema for section "log4net"');
  });

  it("honours the server's own declaration over the built-in mode and scope", () => {
    const declared = (mode: string): string =>
      `<configSections><sectionGroup name="system.webServer"><section name="defaultDocument" ${mode}/></sectionGroup></configSections>`;
    expect(documents({ server: declared(''), web: { S: files(add('A')) } })).toEqual(['A']);
    expect(errors({ server: declared('overrideModeDefault="Deny"'), web: { S: files(add('A')) } })).toEqual([
      '0x80070021 /S/web.config:1:34 This section cannot be used at this path: system.webServer/defaultDocument is locked by overrideModeDefault="Deny" at /apphost:1:70.',
    ]);
    expect(errors({ server: declared('allowDefinition="AppHostOnly"'), web: { S: files(add('A')) } })).toEqual([
      '0x80070021 /S/web.config:1:34 system.webServer/defaultDocument may only be set in applicationHost.config (AppHostOnly).',
    ]);
  });
});

describe('section locks', () => {
  const builtInDeny =
    'is locked unless applicationHost.config opens it (overrideModeDefault is Deny; a location with overrideMode="Allow" opens it).';
  const section = 'system.webServer/security/authentication/windowsAuthentication';

  it.each([
    ['C-15 a section denied by default', windows()],
    ['C-16 even when it is empty', windows('<windowsAuthentication/>')],
    ['C-20 also inside a location that claims to allow it', location('.', 'overrideMode="Allow"', windows())],
  ])('%s is refused', (_, content) => {
    expect(errors({ web: { S: content } })).toEqual([
      expect.stringMatching(/^0x80070021 \/S\/web\.config:1:\d+ This section cannot/),
    ]);
    expect(errors({ web: { S: content } })[0]).toContain(`${section} ${builtInDeny}`);
  });

  it('C-17 a location of the server unlocks it for one site', () => {
    const server = location('S', 'overrideMode="Allow"', windows('<windowsAuthentication/>'));
    const tree: Tree = { server, web: { S: windows(), T: windows() } };
    expect(evaluate(tree, 'S').section(section).get('enabled')).toBe(true);
    expect(errors(tree)).toEqual([]);
    expect(errors(tree, 'T')).toHaveLength(1);
  });

  it.each([
    ['C-18', 'overrideMode="Deny"'],
    ['C-23', 'allowOverride="false"'],
  ])('%s a location with %s locks a site', (_, attribute) => {
    const server = `\n${location('S', attribute, web('<defaultDocument/>'))}`;
    expect(errors({ server, web: { S: files(add('A')) } })).toEqual([
      '0x80070021 /S/web.config:1:34 This section cannot be used at this path: system.webServer/defaultDocument is locked by a lock at /apphost:2:1.',
    ]);
  });

  it('C-19 a site locks its applications', () => {
    const tree: Tree = {
      applications: ['S/app'],
      web: { S: location('.', 'overrideMode="Deny"', files(add('A'))), 'S/app': files(add('B')) },
    };
    expect(errors(tree)).toEqual([]);
    expect(errors(tree, 'S/app')).toHaveLength(1);
  });

  it('C-21 the server cannot unlock below a site that locks', () => {
    const tree: Tree = {
      server: location('S/shop', 'overrideMode="Allow"', web('<defaultDocument/>')),
      web: { S: location('.', 'overrideMode="Deny"', web('<defaultDocument/>')) },
    };
    expect(errors(tree)).toEqual([]);
    expect(errors(tree, 'S/shop')).toEqual([
      '0x80070021 /apphost:1:79 A location cannot unlock system.webServer/defaultDocument here: it is locked by a lock at /S/web.config:1:16.',
    ]);
  });

  it('lockItem on a section locks it as a whole', () => {
    const tree: Tree = { server: web('<defaultDocument lockItem="true"/>'), web: { S: files(add('A')) } };
    expect(errors(tree)[0]).toContain('is locked by a lock at /apphost:1:51');
  });
});

describe('scope', () => {
  it('C-28 names the scope of a section of the server', () => {
    expect(errors({ web: { S: web('<globalModules/>') } })).toEqual([
      '0x80070021 /S/web.config:1:34 system.webServer/globalModules may only be set in applicationHost.config (AppHostOnly).',
    ]);
    expect(errors({ server: location('S', '', web('<globalModules/>')) })[0]).toContain(
      'may be set for the whole server only',
    );
  });

  it('C-29 refuses a MachineToApplication section below the root of an application', () => {
    const tree: Tree = {
      server: location('', 'overrideMode="Allow"', web('<modules/>')),
      web: { 'S/folder': web('<modules/>') },
    };
    expect(errors(tree, 'S/folder')).toEqual([
      '0x80070021 /S/folder/web.config:1:34 system.webServer/modules may be set down to the root of an application (MachineToApplication), and S/folder is none.',
    ]);
  });

  it('C-30 accepts it at the root of an application', () => {
    const tree: Tree = {
      applications: ['S/app'],
      web: { 'S/app': web('<applicationInitialization doAppInitAfterRestart="true"/>') },
    };
    expect(errors(tree, 'S/app')).toEqual([]);
    expect(
      evaluate(tree, 'S/app').section('system.webServer/applicationInitialization').get('doAppInitAfterRestart'),
    ).toBe(true);
  });
});

describe('location', () => {
  it.each([
    [
      'C-22',
      'path="S" overrideMode="Allow" allowOverride="true"',
      'overrideMode and allowOverride exclude each other: keep overrideMode.',
    ],
    ['a leading slash', 'path="/S"', 'The location path "/S" is invalid: it neither begins nor ends with /.'],
    ['a backslash', 'path="S\\a"', 'The location path "S\\a" is invalid: it uses / between segments.'],
    ['a climb', 'path="S/../T"', 'The location path "S/../T" is invalid: it has no empty, . or .. segment.'],
    ['a drive', 'path="C:"', 'The location path "C:" is invalid: it is a path in the site, not on a drive.'],
    [
      'a wildcard',
      'path="S/*"',
      'The location path "S/*" is invalid: it names one place, without ?, * or query string.',
    ],
    [
      'an unknown attribute',
      'paht="S"',
      "Unrecognized attribute 'paht' of location: it has path, overrideMode, allowOverride, inheritInChildApplications.",
    ],
    [
      'an unknown mode',
      'path="S" overrideMode="Maybe"',
      "The 'overrideMode' attribute of location is invalid: it should be one of Allow, Deny, Inherit.",
    ],
  ])('refuses %s', (_, attributes, expected) => {
    expect(errors({ server: `<location ${attributes}/>` })).toEqual([expect.stringContaining(expected)]);
  });

  it('refuses a location in a location', () => {
    expect(errors({ server: '<location path="S"><location path="T"/></location>' })).toEqual([
      '0x8007000d /apphost:1:35 <location> cannot stand in a location.',
    ]);
  });

  it('C-24 a section in the body and for the same place is a duplicate', () => {
    expect(errors({ web: { S: `${files('')}\n${location('.', '', files(''))}` } })).toEqual([
      '0x800700b7 /S/web.config:2:39 Section system.webServer/defaultDocument occurs twice for the same place of one file; the first is at /S/web.config:1:34.',
    ]);
  });

  it('C-25 two locations for one path hold different sections', () => {
    const tree: Tree = {
      server: location('S', '', files(add('A'))) + location('S', '', web('<httpErrors errorMode="Custom"/>')),
    };
    expect(documents(tree)).toEqual(['A']);
    expect(evaluate(tree, 'S').section('system.webServer/httpErrors').get('errorMode')).toBe('Custom');
  });

  it('C-26 a location for no site changes nothing', () => {
    expect(documents({ server: files(add('A')) + location('Nowhere', '', files(add('B'))) })).toEqual(['A']);
  });

  it('C-27 a location may name a file', () => {
    const tree: Tree = { web: { S: location('a.html', '', files(add('A'))) } };
    expect(documents(tree, 'S/a.html')).toEqual(['A']);
    expect(documents(tree, 'S/A.HTML')).toEqual(['A']);
    expect(documents(tree, 'S/b.html')).toEqual([]);
  });

  it("applies by depth of the target, then of the file: server's location for S/app after S/web.config, before S/app/web.config", () => {
    const tree: Tree = {
      applications: ['S/app'],
      server: files(add('server')) + location('S/app', '', files(add('location'))),
      web: { S: files(add('site')), 'S/app': files(add('app')) },
    };
    expect(documents(tree, 'S/app')).toEqual(['app', 'location', 'site', 'server']);
  });
});

describe('inheritInChildApplications', () => {
  const handler = web('<handlers><add name="aspNetCore" path="*"/></handlers>');
  const hidden = location('.', 'inheritInChildApplications="false"', handler);

  it('C-31 hides a block from nested applications', () => {
    const tree: Tree = { applications: ['S/app'], web: { S: hidden, 'S/app': handler } };
    expect(errors(tree, 'S/app')).toEqual([]);
    expect(handlers(tree, 'S/app')).toEqual(['aspNetCore']);
    expect(handlers({ ...tree, web: { S: hidden } }, 'S/app')).toEqual([]);
  });

  it('C-32 without it the nested application collides', () => {
    const tree: Tree = { applications: ['S/app'], web: { S: handler, 'S/app': handler } };
    expect(errors(tree, 'S/app')).toEqual([
      "0x800700b7 /S/app/web.config:1:44 Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to 'aspNetCore'; the first is at /S/web.config:1:44. To replace it, write <remove name=\"aspNetCore\" /> before.",
    ]);
  });

  it('C-33 reaches virtual directories and folders of the same application', () => {
    expect(handlers({ web: { S: hidden } }, 'S/images')).toEqual(['aspNetCore']);
  });

  it('keeps what two viewers see apart', () => {
    const tree: Tree = { applications: ['S/app'], web: { S: hidden + web('<defaultDocument enabled="false"/>') } };
    expect(handlers(tree, 'S')).toEqual(['aspNetCore']);
    expect(handlers(tree, 'S/app/deep')).toEqual([]);
    expect(evaluate(tree, 'S/app').section('system.webServer/defaultDocument').get('enabled')).toBe(false);
  });
});

describe('collections', () => {
  it('C-34 puts additions to a prepend collection before what is inherited, in document order', () => {
    expect(documents({ server: files(add('A', 'B')), web: { S: files(add('C', 'D')) } })).toEqual(['C', 'D', 'A', 'B']);
  });

  it('C-35 orders server, location and site', () => {
    const tree: Tree = {
      server: files(add('A')) + location('S', '', files(add('home1'))),
      web: { S: files(add('home2')) },
    };
    expect(documents(tree)).toEqual(['home2', 'home1', 'A']);
  });

  it('C-36 appends to an append collection', () => {
    const rule = (name: string): string => web(`<rewrite><rules><rule name="${name}"/></rules></rewrite>`);
    const tree: Tree = { applications: ['S/app'], web: { S: rule('R1'), 'S/app': rule('R2') } };
    expect(keys(evaluate(tree, 'S/app').section('system.webServer/rewrite/rules'), 'name')).toEqual(['R1', 'R2']);
  });

  const headers = (content: string): string =>
    web(`<httpProtocol><customHeaders>${content}</customHeaders></httpProtocol>`);
  const header = (value: string): string => `<add name="X-A" value="${value}"/>`;

  it('C-37 refuses a key that is inherited, ignoring case', () => {
    const tree: Tree = { server: headers(header('1')), web: { S: headers('<add name="x-a" value="2"/>') } };
    expect(errors(tree)).toEqual([
      expect.stringContaining("of type 'add' with unique key attribute 'name' set to 'x-a'"),
    ]);
  });

  it('C-41 refuses a file that is read for two levels of one chain', () => {
    expect(errors({ web: { S: headers(header('1')), 'S/m': headers(header('1')) } }, 'S/m')[0]).toContain('0x800700b7');
  });

  it('C-38 C-39 C-40 remove, remove of nothing, and clear', () => {
    const values = (tree: Tree): unknown[] => {
      const evaluation = evaluate(tree, 'S');
      expect(evaluation.diagnostics).toEqual([]);
      return keys(evaluation.section('system.webServer/httpProtocol').element('customHeaders'), 'value');
    };
    const server = headers(header('1'));
    expect(values({ server, web: { S: headers(`<remove name="x-A"/>${header('2')}`) } })).toEqual(['2']);
    expect(values({ server, web: { S: headers('<remove name="none"/>') } })).toEqual(['1']);
    expect(
      values({ server, web: { S: headers('<add name="Y" value="3"/><clear/><add name="X-A" value="4"/>') } }),
    ).toEqual(['4']);
  });

  it('C-44 removes by combined key, the missing part being its default', () => {
    const tree: Tree = {
      server: web(
        '<httpErrors><error statusCode="404" path="a"/><error statusCode="404" subStatusCode="7" path="b"/></httpErrors>',
      ),
      web: { S: web('<httpErrors><remove statusCode="404"/></httpErrors>') },
    };
    expect(keys(evaluate(tree, 'S').section('system.webServer/httpErrors'), 'path')).toEqual(['b']);
  });

  it('C-42 names both parts of a combined key', () => {
    const twice = '<error statusCode="404" subStatusCode="1"/>'.repeat(2);
    expect(errors({ server: web(`<httpErrors>${twice}</httpErrors>`) })).toEqual([
      expect.stringContaining("with combined key attributes 'statusCode, subStatusCode' respectively set to '404, 1'"),
    ]);
  });

  it('C-46 a collection without keys repeats entries', () => {
    const condition = '<add input="{HTTPS}"/>'.repeat(2);
    expect(
      errors({
        web: {
          S: web(`<rewrite><rules><rule name="a"><conditions>${condition}</conditions></rule></rules></rewrite>`),
        },
      }),
    ).toEqual([]);
  });

  it('minds case where the key does', () => {
    expect(errors({ web: { S: web('<handlers><add name="a"/><add name="A"/></handlers>') } })).toEqual([]);
  });

  it('lets the nearer file win where the schema says so, and says it', () => {
    const map = (type: string): string =>
      web(`<staticContent><mimeMap fileExtension=".json" mimeType="${type}"/></staticContent>`);
    const evaluation = evaluate({ server: map('a/b'), web: { S: map('c/d') } }, 'S');
    expect(keys(evaluation.section('system.webServer/staticContent'), 'mimeType')).toEqual(['c/d']);
    expect(evaluation.diagnostics).toEqual([expect.objectContaining({ severity: 'warning', code: 'duplicate' })]);
    expect(
      errors({ server: web(`<staticContent>${'<mimeMap fileExtension=".a"/>'.repeat(2)}</staticContent>`) }),
    ).toHaveLength(1);
  });

  it('gives clear no attributes, and remove only keys', () => {
    expect(errors({ web: { S: files('<clear value="x"/><remove value="y" other="z"/><remove/>') } })).toEqual([
      expect.stringContaining("Unrecognized attribute 'value': clear has none."),
      expect.stringContaining("Unrecognized attribute 'other' of remove: it has value."),
      expect.stringContaining("Missing required attribute 'value' of remove."),
    ]);
  });
});

describe('built-in content', () => {
  const content = [
    'system.webServer/defaultDocument',
    '<defaultDocument enabled="false"><files><add value="I1"/><add value="I2"/></files></defaultDocument>',
  ] as const;

  it.each<[string, Tree, unknown[]]>([
    ['holds where no file writes', { content }, ['I1', 'I2']],
    [
      'holds where the server writes something else',
      { content, server: web('<defaultDocument enabled="true"/>') },
      ['I1', 'I2'],
    ],
    ['gives way to a list of the server', { content, server: files(add('A')) }, ['A']],
    ['gives way to an empty list of the server', { content, server: files('<clear/>') }, []],
    ['is inherited by sites', { content, web: { S: files(add('A')) } }, ['A', 'I1', 'I2']],
    [
      'is inherited by locations of the server',
      { content, server: location('S', '', files('<remove value="I1"/>')) },
      ['I2'],
    ],
  ])('%s', (_, tree, expected) => {
    expect(documents(tree)).toEqual(expected);
  });

  it('keeps attributes that the server does not write', () => {
    const section = evaluate({ content, server: files(add('A')) }, 'S').section('system.webServer/defaultDocument');
    expect(section.get('enabled')).toBe(false);
  });

  it('stays with a section that the server declares itself', () => {
    const server =
      '<configSections><sectionGroup name="system.webServer"><section name="defaultDocument"/></sectionGroup></configSections>';
    expect(documents({ content, server })).toEqual(['I1', 'I2']);
  });

  it('must be right', () => {
    expect(() => documents({ content: [content[0], '<defaultDocument nope="1"/>'] })).toThrow('built-in content: ');
  });
});

describe('granular locks', () => {
  const documentLock = (lock: string, site: string): readonly string[] =>
    errors({
      server: web(`<defaultDocument ${lock}><files>${add('A')}</files></defaultDocument>`),
      web: { S: web(site) },
    });

  it.each([
    [
      'C-47',
      'lockAttributes="enabled"',
      '<defaultDocument enabled="true"/>',
      "Lock violation: attribute 'enabled' of system.webServer/defaultDocument is locked at /apphost:1:51.",
    ],
    ['C-48', 'lockAttributes="*"', '<defaultDocument enabled="false"/>', "Lock violation: attribute 'enabled'"],
    ['lockAllAttributesExcept', 'lockAllAttributesExcept=""', '<defaultDocument enabled="false"/>', 'Lock violation'],
    [
      'lockElements',
      'lockElements="files"',
      '<defaultDocument><files/></defaultDocument>',
      "Lock violation: element 'files'",
    ],
    [
      'lockAllElementsExcept',
      'lockAllElementsExcept=""',
      '<defaultDocument><files/></defaultDocument>',
      'Lock violation',
    ],
  ])('%s %s refuses %s', (_, lock, site, expected) => {
    const found = documentLock(lock, site);
    expect(found).toEqual([expect.stringContaining(expected)]);
    expect(found[0]).toMatch(/^0x80070021 \/S\/web\.config:1:/);
  });

  it('C-49 refuses a list with an unknown name', () => {
    expect(errors({ server: web('<defaultDocument lockAttributes="nope"/>') })).toEqual([
      `0x8007000d /apphost:1:51 The 'lockAttributes' attribute is invalid: it should be * or a list of enabled; "nope" is none of them.`,
    ]);
  });

  it('C-50 lockAllAttributesExcept leaves the named free', () => {
    expect(documentLock('lockAllAttributesExcept="enabled"', '<defaultDocument enabled="false"/>')).toEqual([]);
  });

  it('C-51 locked directives leave the others free', () => {
    const server = web(`<defaultDocument><files lockElements="remove, clear">${add('A')}</files></defaultDocument>`);
    expect(errors({ server, web: { S: files(add('B')) } })).toEqual([]);
    expect(errors({ server, web: { S: files('<remove value="A"/>') } })[0]).toContain(
      "Lock violation: element 'remove' of files",
    );
  });

  describe('lockItem on an entry', () => {
    const server = location(
      '',
      'overrideMode="Allow"',
      web('<modules><add name="M" lockItem="true"/><add name="N"/></modules>'),
    );

    it.each([
      ['C-52', '<remove name="M"/>', 'Lock violation: the entry of remove is locked at /apphost'],
      ['C-54', '<clear/>', 'Lock violation: an entry of clear is locked at /apphost'],
    ])('%s refuses %s', (_, directive, expected) => {
      expect(errors({ server, web: { S: web(`<modules>${directive}</modules>`) } })).toEqual([
        expect.stringContaining(expected),
      ]);
    });

    it('leaves other entries free', () => {
      expect(errors({ server, web: { S: web('<modules><remove name="N"/></modules>') } })).toEqual([]);
    });

    it('C-53 leaves the same file free', () => {
      const tree: Tree = { server: server + location('S', '', web('<modules><remove name="M"/></modules>')) };
      const evaluation = evaluate(tree, 'S');
      expect(evaluation.diagnostics).toEqual([]);
      expect(keys(evaluation.section('system.webServer/modules'), 'name')).toEqual(['N']);
    });
  });
});

describe('configSource', () => {
  const include = (text: string): IncludedFile => ({ document: parseXml(new TextEncoder().encode(text), '/inc') });
  const tree = (included: IncludedFile | undefined, attributes = ''): Tree => ({
    web: { S: web(`<defaultDocument configSource="mime.config"${attributes}/>`) },
    includes: included === undefined ? new Map() : new Map([['mime.config', included]]),
  });

  it.each([
    ['the section itself', '<defaultDocument><files><add value="A"/></files></defaultDocument>'],
    ['a whole configuration', `<configuration>${files(add('A'))}</configuration>`],
  ])('includes %s', (_, text) => {
    expect(documents(tree(include(text)))).toEqual(['A']);
  });

  it('reports faults of the included file at their own place', () => {
    expect(errors(tree(include('<defaultDocument\n enabled="x"/>')))).toEqual([
      expect.stringContaining('0x8007000d /inc:2:2 '),
    ]);
  });

  it.each<[string, Tree, string]>([
    [
      'C-80 a file that cannot be read',
      tree({ problem: 'names the file /inc, which does not exist' }),
      '"mime.config" names the file /inc, which does not exist.',
    ],
    ['content beside it', tree(include('<defaultDocument/>'), ' enabled="true"'), 'stands alone'],
    ['another section', tree(include('<handlers/>')), 'names a file with neither <defaultDocument> nor'],
    [
      'an include in it',
      tree(include('<defaultDocument configSource="x"/>')),
      'names a file that includes another one',
    ],
  ])('refuses %s', (_, refused, expected) => {
    const found = errors(refused);
    expect(found).toEqual([expect.stringContaining(expected)]);
    expect(found[0]).toContain('0x8007000d /S/web.config:1:51 specified configSource cannot be parsed');
  });
});
