import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startInBackground } from './background.ts';
import { processStat } from './proc.ts';

describe('startInBackground', () => {
  it('starts a program in a session of its own, with its output in the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolhouse-background-'));
    const output = openSync(join(folder, 'out'), 'a');
    const child = await startInBackground('/bin/sh', ['-c', 'echo to stdout; echo to stderr >&2; exit 3'], {
      environment: {},
      workingDirectory: folder,
      output,
    });
    expect(processStat(child.pid)?.group ?? child.pid).toBe(child.pid);
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('to stdout\nto stderr\n');
    closeSync(output);
    rmSync(folder, { recursive: true });
  });

  it('reports a program that is not there', async () => {
    const options = { environment: {}, workingDirectory: '/', output: 2 };
    await expect(startInBackground('/does/not/exist', [], options)).rejects.toThrow(/ENOENT/);
  });
});
