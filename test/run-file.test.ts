import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  descendants,
  freePort,
  isAlive,
  request,
  runCommand,
  scratchFile,
  spawnCommand,
  until,
  writeConfiguration,
} from './harness/index.ts';

const allowRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];

interface ServerFile {
  readonly folder: string;
  readonly file: string;
  readonly ports: readonly number[];
}

/** A file that was written for a server: every address, names of hosts. */
async function serverFile(): Promise<ServerFile> {
  const folder = dirname(scratchFile('x'));
  const ports = [await freePort(), await freePort()];
  const site = (name: string) => ({
    name,
    bindings: [`*:%PORT%:${name}.test`],
    applications: { '/': { files: { 'index.html': name } } },
  });
  const { file } = writeConfiguration(folder, { sites: [site('shop'), site('blog')] }, ports, 'mark');
  return { folder, file, ports };
}

async function running(
  words: readonly string[],
  cwd: string,
  body: (child: ChildProcess) => Promise<void>,
): Promise<string> {
  const child = spawnCommand(['run', ...allowRoot, ...words], { cwd });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    await until(`run to serve; it said ${output}`, () => {
      if (child.exitCode !== null) throw new Error(output);
      return existsSync(join(cwd, '.poolhouse/run/admin.sock'));
    });
    await body(child);
  } finally {
    const below = descendants(child.pid as number);
    child.kill('SIGTERM');
    await until(`run to end; it said ${output}`, () => child.exitCode !== null);
    await until('every process to end', () => below.every((process) => !isAlive(process)));
  }
  expect(child.exitCode).toBe(0);
  return output;
}

const get = async (port: number, host: string): Promise<string> =>
  (await request({ port, path: '/' }, { authority: host })).text();

describe('poolhouse run --config', () => {
  it('G-22 serves every site of the file, on loopback only', async () => {
    const { folder, file, ports } = await serverFile();
    await running(['--config', file], folder, async () => {
      expect(await get(ports[0] as number, 'shop.test')).toBe('shop');
      expect(await get(ports[1] as number, 'blog.test')).toBe('blog');
      const listeners = readFileSync('/proc/net/tcp', 'latin1') + readFileSync('/proc/net/tcp6', 'latin1');
      const hex = (ports[0] as number).toString(16).toUpperCase().padStart(4, '0');
      expect(listeners).not.toMatch(new RegExp(`\\b(00000000|0{32}):${hex} \\S+ 0A`));
    });
  });

  it('serves one site on another port with --site and --port, and is found by status in its folder', async () => {
    const { folder, file } = await serverFile();
    const port = await freePort();
    const output = await running(['--config', file, '--site', 'blog', '--port', String(port)], folder, async () => {
      expect(await get(port, 'blog.test')).toBe('blog');
      const { code, stdout } = await runCommand(['status', '--json'], { cwd: folder });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ configuration: file, sites: [{ name: 'blog' }] });
    });
    expect(output).toContain(`http://blog.test:${port}/`);
  });

  it.each([
    [['--site', 'shpo'], 3, 'did you mean: shop'],
    [['--port', '4000'], 2, '--site with one of: shop, blog'],
  ])('%j is refused, with nothing left running', async (words, code, text) => {
    const { folder, file } = await serverFile();
    const result = await runCommand(['run', ...allowRoot, '--config', file, ...words], { cwd: folder });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(text);
  });

  it('is 13 when no site can have its port, and names the reason', async () => {
    const { folder, file } = await serverFile();
    await running(['--config', file, '--site', 'shop'], folder, async () => {
      const other = dirname(scratchFile('other'));
      const second = await runCommand(['run', ...allowRoot, '--config', file, '--site', 'shop'], { cwd: other });
      expect(second.code).toBe(13);
      expect(second.stderr).toMatch(/error PH4001: site shop: /);
    });
  });
});
