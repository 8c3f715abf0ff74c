/**
 * Writes docs/reference/conformance.md from the titles of the tests and the lists of cases.
 *
 *   node scripts/conformance.ts            writes the page
 *   node scripts/conformance.ts --check    fails when the page is not what it would write
 */
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { conformancePage, type CaseLists } from './conformance-page.ts';
import { repository } from './step.ts';

const lists = JSON.parse(
  await readFile(join(repository, 'docs/reference/conformance-cases.json'), 'utf8'),
) as CaseLists;
const patterns = ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'];
const paths = (await Array.fromAsync(glob(patterns, { cwd: repository }))).sort();
const files = await Promise.all(
  paths.map(async (path) => ({ path, text: await readFile(join(repository, path), 'utf8') })),
);
const page = conformancePage(lists, files);
const target = join(repository, 'docs/reference/conformance.md');

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8').catch(() => '')) !== page) {
    console.error('docs/reference/conformance.md is out of date; write it anew with: npx node scripts/conformance.ts');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, page);
}
