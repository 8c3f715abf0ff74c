import { describe, expect, it } from 'vitest';
import { parseXml } from '@poolhouse/configuration';
import { detectFolder } from './detect.ts';
import type { FolderFacts } from './folder-facts.ts';
import { FolderProblem, type Program } from './program.ts';
import { applicationHostText, webConfigText } from './write-configuration.ts';

function folder(files: Readonly<Record<string, string>>, path = '/srv/shop'): FolderFacts {
  const names = [...new Set(Object.keys(files).map((name) => name.split('/')[0] as string))];
  return { path, names, read: async (name) => files[name] };
}

const manifest = (content: object): string => JSON.stringify(content);
const start = (script: string): Record<string, string> => ({
  'package.json': manifest({ scripts: { start: script } }),
});

async function decide(files: Readonly<Record<string, string>>): Promise<string> {
  const { runtime, program } = await detectFolder(folder(files));
  if (program === undefined) return runtime;
  const variables = program.environmentVariables.map(([name, value]) => `${name}=${value} `).join('');
  return `${runtime} ${program.hostingModel}: ${variables}${program.processPath} ${program.arguments.join(' ')}`;
}

describe('detectFolder', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'a web.config that names a program, whatever else there is',
      {
        'Web.config':
          '<configuration><location path="."><handlers><add modules="AspNetCoreModuleV2"/></handlers></location></configuration>',
        'package.json': '{',
      },
      'configured',
    ],
    [
      'a web.config for iisnode',
      { 'web.config': '<configuration><handlers><add modules="iisnode" path="server.js"/></handlers></configuration>' },
      'configured',
    ],
    ['a broken web.config', { 'web.config': '<configuration>' }, 'configured'],
    [
      'a web.config that names none',
      { 'web.config': '<configuration/>', 'server.js': '' },
      'node inprocess: node server.js',
    ],
    [
      'a published .NET application',
      { 'Shop.runtimeconfig.json': '{}', 'Shop.dll': '', 'Shop.runtimeconfig.dev.json': '{}' },
      'dotnet inprocess: dotnet .\\Shop.dll',
    ],
    ['G-20 a start script', start('node server.js --port 3000'), 'node inprocess: node server.js --port 3000'],
    [
      'a start script with variables',
      start('NODE_ENV=production node .'),
      'node inprocess: NODE_ENV=production node .',
    ],
    [
      'a start script with cross-env',
      start('cross-env A=1 B=2 node --enable-source-maps dist/main.js'),
      'node inprocess: A=1 B=2 node --enable-source-maps dist/main.js',
    ],
    [
      'a command of a package',
      { ...start('next start'), 'node_modules/.bin/next': '#!/usr/bin/env node\n' },
      'node inprocess: node node_modules/.bin/next start',
    ],
    [
      'main beside a script for a shell',
      { 'package.json': manifest({ scripts: { start: 'npm run build && node .' }, main: 'server.js' }) },
      'node inprocess: node server.js',
    ],
    ['main', { 'package.json': manifest({ main: 'lib/index.js', bin: 'x.js' }) }, 'node inprocess: node lib/index.js'],
    ['bin as text', { 'package.json': manifest({ bin: 'cli.js' }) }, 'node inprocess: node cli.js'],
    ['bin as a table', { 'package.json': manifest({ bin: { a: 'a.js', b: 'b.js' } }) }, 'node inprocess: node a.js'],
    ['an entry without a package.json', { 'index.mjs': '' }, 'node inprocess: node index.mjs'],
    [
      'a package.json of a page',
      { 'package.json': manifest({ scripts: { build: 'vite' } }), 'index.html': '' },
      'static',
    ],
    [
      'Django',
      { 'manage.py': '', '.venv/bin/python': '' },
      'python outofprocess: PYTHONUNBUFFERED=1 ./.venv/bin/python manage.py runserver --noreload 127.0.0.1:%PORT%',
    ],
    [
      'a Python program',
      { 'app.py': '', 'requirements.txt': '' },
      'python outofprocess: PYTHONUNBUFFERED=1 python3 app.py',
    ],
    [
      'a Rack application',
      { 'config.ru': '', Gemfile: '' },
      'ruby outofprocess: bundle exec rackup --host 127.0.0.1 --port %PORT%',
    ],
    ['files', { 'index.html': '' }, 'static'],
    ['nothing', {}, 'static'],
  ])('%s', async (_, files, expected) => {
    expect(await decide(files)).toBe(expected);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a project', { 'Shop.csproj': '' }, /Shop\.csproj is a project.*dotnet publish -c Release -o publish/s],
    [
      'two .NET applications',
      { 'A.runtimeconfig.json': '', 'A.dll': '', 'B.runtimeconfig.json': '', 'B.dll': '' },
      /several \.NET applications: A, B/,
    ],
    ['a script for a shell', start('tsc && node .'), /needs a shell/],
    [
      'a command that is no Node.js script',
      { ...start('serve'), 'node_modules/.bin/serve': '#!/bin/sh\n' },
      /needs a shell/,
    ],
    ['node without a file', start('node'), /needs a shell/],
    ['a package.json that is none', { 'package.json': '{' }, /cannot be read as JSON/],
    ['a Python project without an entry', { 'pyproject.toml': '' }, /no app\.py/],
  ])('refuses %s', async (_, files, expected) => {
    const problem: unknown = await detectFolder(folder(files)).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(FolderProblem);
    expect(`${(problem as FolderProblem).message} ${(problem as FolderProblem).advice}`).toMatch(expected);
  });
});

describe('what is written', () => {
  it('says the decision as a web.config', () => {
    const program: Program = {
      ...{ processPath: 'node', arguments: ['my server.js', '--x'], hostingModel: 'inprocess' },
      environmentVariables: [['A', 'x&"y']],
    };
    expect(webConfigText({ program })).toBe(`<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <handlers>
      <add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" />
    </handlers>
    <aspNetCore processPath="node" arguments="&quot;my server.js&quot; --x" hostingModel="inprocess">
      <environmentVariables>
        <environmentVariable name="A" value="x&amp;&quot;y" />
      </environmentVariables>
    </aspNetCore>
  </system.webServer>
</configuration>
`);
  });

  it('needs no web.config for files, or where one says it', async () => {
    expect(webConfigText(await detectFolder(folder({})))).toBeUndefined();
  });

  it('is well-formed for any folder', async () => {
    const path = '/srv/a & b <"x"> --\n%';
    const decision = await detectFolder(folder({ 'server.js': '' }, path));
    const text = applicationHostText(decision, { folder: path, addresses: ['127.0.0.1', '::1'], port: 8080 });
    const { root } = parseXml(new TextEncoder().encode(text), 'x');
    expect(JSON.stringify(root)).toContain(JSON.stringify(path));
    expect(text).toContain('bindingInformation="127.0.0.1:8080:"');
    expect(text).toContain('bindingInformation="[::1]:8080:"');
  });
});
