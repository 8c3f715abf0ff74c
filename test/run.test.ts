import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import {
  aspNetCoreText,
  descendants,
  fixture,
  freePort,
  isAlive,
  request,
  runCommand,
  scratchFile,
  spawnCommand,
  until,
  webConfigText,
} from './harness/index.ts';

const allowRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
const server = `require('node:http').createServer((q, s) => s.end('from ' + q.url)).listen(process.env.PORT);\n`;

/** Folders that `run` must understand, and what each answers at /. */
const folders: readonly (readonly [name: string, files: Readonly<Record<string, string>>, answer: string])[] = [
  ['index.html', { 'index.html': 'static' }, 'static'],
  [
    'web.config, out-of-process',
    {
      'server.cjs': server,
      'web.config': webConfigText(aspNetCoreText({ arguments: '.\\server.cjs', hostingModel: 'outofprocess' })),
    },
    'from /',
  ],
  [
    'web.config, in-process',
    {
      'server.cjs': server,
      'web.config': webConfigText(aspNetCoreText({ arguments: '.\\server.cjs', hostingModel: 'inprocess' })),
    },
    'from /',
  ],
  [
    'package.json with start',
    { 'package.json': '{"scripts":{"start":"node server.cjs"}}', 'server.cjs': server },
    'from /',
  ],
  ['package.json with main', { 'package.json': '{"main":"server.cjs"}', 'server.cjs': server }, 'from /'],
  ['server.js', { 'server.js': server }, 'from /'],
];

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  output(): string;
  stop(): Promise<void>;
}

async function run(folder: string, ...words: string[]): Promise<Running> {
  const port = await freePort();
  const child = spawnCommand(['run', '--port', String(port), ...allowRoot, ...words], { cwd: folder });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    port,
    output: () => output,
    async stop() {
      const below = descendants(child.pid as number);
      child.kill('SIGINT');
      await until(`run to end; it said ${output}`, () => child.exitCode !== null);
      await until('every process to end', () => below.every((process) => !isAlive(process)));
    },
  };
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = scratchFile('app');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('poolhouse run', () => {
  it.each(folders)('%s', async (_, files, answer) => {
    const running = await run(folderOf(files));
    try {
      const response = await until(`an answer; it said ${running.output()}`, () => {
        if (running.child.exitCode !== null) throw new Error(running.output());
        return request({ port: running.port, path: '/' });
      });
      expect(response.text()).toBe(answer);
      // The site answers a moment before it is told where.
      await until('the port to be told', () => running.output().includes(`:${running.port}/`));
    } finally {
      await running.stop();
    }
    expect(running.child.exitCode).toBe(0);
  });

  it('listens on loopback only', async () => {
    const running = await run(folderOf({ 'index.html': 'static' }));
    try {
      await until('an answer', () => request({ port: running.port, path: '/' }));
      const listeners = readFileSync('/proc/net/tcp', 'latin1') + readFileSync('/proc/net/tcp6', 'latin1');
      const port = running.port.toString(16).toUpperCase().padStart(4, '0');
      expect(listeners).not.toMatch(new RegExp(`\\b(00000000|0{32}):${port} \\S+ 0A`));
    } finally {
      await running.stop();
    }
  });

  it('says which folder has nothing to run', async () => {
    const { code, stderr, stdout } = await runCommand(['run', ...allowRoot], { cwd: folderOf({}) });
    expect(code).not.toBe(0);
    expect(stderr + stdout).toMatch(/nothing|no application|not found/i);
  });

  it('keeps what it writes in .poolhouse of the folder', async () => {
    const folder = folderOf({ 'server.js': server });
    const running = await run(folder);
    try {
      await until('an answer', () => request({ port: running.port, path: '/' }));
    } finally {
      await running.stop();
    }
    expect(() => cpSync(join(folder, '.poolhouse'), scratchFile('copy'), { recursive: true })).not.toThrow();
  });

  it('a port that was asked for and is taken is 13', async () => {
    const running = await run(folderOf({ 'index.html': 'one' }));
    try {
      await until('an answer', () => request({ port: running.port, path: '/' }));
      const second = await runCommand(['run', '--port', String(running.port), ...allowRoot], {
        cwd: folderOf({ 'index.html': 'two' }),
      });
      expect(second.code).toBe(13);
      expect(second.stderr + second.stdout).toContain(String(running.port));
    } finally {
      await running.stop();
    }
  });

  it('an in-process fixture runs by its web.config', async () => {
    const folder = folderOf({
      'web.config': webConfigText(aspNetCoreText({ arguments: fixture('common/echo.mjs'), hostingModel: 'inprocess' })),
    });
    const running = await run(folder);
    try {
      const echo = await until('an answer', async () => (await request({ port: running.port, path: '/' })).json());
      expect(echo.workingDirectory).toBe(folder);
    } finally {
      await running.stop();
    }
  });
});
