import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createFakeSupervisor } from '../../supervisor/management/testing/fake-supervisor.ts';
import { createOutput } from '../output.ts';
import { endOfEarlierOutput, showOutput } from './show-output.ts';

it('shows what is written from this run on, in old files and new ones', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'poolhouse-show-'));
  const old = join(folder, 'shop.0.log');
  writeFileSync(old, 'earlier run\n');
  const begins = endOfEarlierOutput(folder);
  appendFileSync(old, 'before anyone listened\n');
  const operations = createFakeSupervisor();
  operations.output = [{ slot: 0, path: old }];
  const stdout = new PassThrough();
  let text = '';
  stdout.on('data', (chunk) => (text += String(chunk)));
  const output = createOutput({
    ...{ stdout, stderr: new PassThrough(), environment: {}, json: false, quiet: false, colour: 'auto' },
  });
  const ending = new AbortController();
  const ended = showOutput('shop', operations, begins, output, ending.signal);
  await expect.poll(() => text).toBe('shop#0 before anyone listened\n');
  writeFileSync(join(folder, 'shop.1.log'), 'second process\n');
  operations.output = [...operations.output, { slot: 1, path: join(folder, 'shop.1.log') }];
  await expect.poll(() => text).toContain('shop#1 second process\n');
  ending.abort();
  await ended;
  rmSync(folder, { recursive: true });
});

it('begins at the start when there is no folder yet', () => {
  expect(endOfEarlierOutput('/does/not/exist')('/any')).toBe(0);
});
