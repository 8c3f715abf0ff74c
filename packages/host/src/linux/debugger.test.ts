import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hasInspector, isDebugged } from './debugger.ts';

describe('a Node.js inspector', () => {
  it.each([
    [['node', '--inspect', 'server.js'], true],
    [['/opt/node/bin/node', '--require', 'x.cjs', '--inspect-brk=127.0.0.1:9229', 'server.js'], true],
    [['node', '--inspect-wait'], true],
    [['node', '--inspect-port=9230', 'server.js'], false],
    [['node', 'server.js'], false],
    [['dotnet', 'app.dll', '--inspect'], false],
    [[''], false],
  ])('%j: %s', (words, expected) => {
    expect(hasInspector(words)).toBe(expected);
  });
});

it('is seen in a living process, and not where there is none', async () => {
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', 'setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(child.stderr, 'data');
  expect(isDebugged(child.pid as number)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isDebugged(child.pid as number)).toBe(false);
  expect(isDebugged(process.pid)).toBe(false);
});
