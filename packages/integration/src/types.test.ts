import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(__dirname, '../../..');

it("the frameworks' own types accept the adapters", async () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'packages/integration/types');
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', project]).catch((error) => error);
  expect(stdout).toBe('');
}, 60_000);
