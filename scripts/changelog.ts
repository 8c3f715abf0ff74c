/**
 * Assembles CHANGELOG.md from the fragments in `changes/`.
 *
 *   node scripts/changelog.ts                    shows the section that a release would get
 *   node scripts/changelog.ts --release 0.2.0    writes it into CHANGELOG.md and removes the fragments
 */
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSection, insertSection, parseFragment } from './changelog-section.ts';
import { repository } from './step.ts';

const { values } = parseArgs({ options: { release: { type: 'string' } } });
const folder = join(repository, 'changes');
const files = (await readdir(folder)).filter((name) => name !== 'README.md').sort();
const fragments = await Promise.all(
  files.map(async (name) => parseFragment(name, await readFile(join(folder, name), 'utf8'))),
);
const problems = fragments.flatMap((fragment) => ('problem' in fragment ? [fragment.problem] : []));
const changes = fragments.flatMap((fragment) => ('problem' in fragment ? [] : [fragment]));

if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
} else if (values.release === undefined) {
  console.log(formatSection('Unreleased', changes).trimEnd());
} else if (!/^\d+\.\d+\.\d+$/.test(values.release)) {
  console.error(`--release ${values.release}: give a version of three numbers, such as 0.2.0`);
  process.exitCode = 2;
} else {
  const path = join(repository, 'CHANGELOG.md');
  const today = new Date().toISOString().slice(0, 10);
  const section = formatSection(`${values.release} (${today})`, changes);
  await writeFile(path, insertSection(await readFile(path, 'utf8'), section));
  for (const name of files) await rm(join(folder, name));
  console.log(`CHANGELOG.md has ${values.release} now, with ${changes.length} changes`);
}
