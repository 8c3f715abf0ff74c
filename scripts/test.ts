/**
 * `npm test`: everything, as a user of the repository runs it.
 *
 *   node scripts/test.ts [--node MAJOR] [--project unit|product] [--shorter] [FILTER …]
 *
 *   1. install what the tests need and this machine lacks (as root on Debian and its kin)
 *   2. build
 *   3. unit tests, then product tests, which start the built product
 *   4. name what was skipped, and end with one line: N passed, N failed, N skipped
 *
 * `--node 24` runs the tests, and so the product, on another major version of Node.js. `--shorter` leaves out
 * what takes long and does not depend on it, see `longTests`. `FILTER` is a part of a file name, as vitest takes it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { otherNode } from './other-node.ts';
import { repository, runStep, tool } from './step.ts';
import { addOutcomes, formatOutcome, noOutcome, readOutcome } from './test-outcome.ts';
import type { TestOutcome } from './test-outcome.ts';
import { installTestPackages } from './test-packages.ts';

const projects = ['unit', 'product'] as const;

/** Files that spend their time waiting for limits of the product, or prove programs that are not Node.js. */
const longTests = [
  ...['idle-time', 'failures', 'queue', 'recycling', 'settings-and-stop'].map((name) => `test/pools/${name}.test.ts`),
  ...['at-rest', 'elements', 'keys', 'processes', 'stores'].map((name) => `test/data-protection/${name}.test.ts`),
  ...['changes', 'failures', 'streams'].map((name) => `test/out-of-process/${name}.test.ts`),
  ...['aspnetcore', 'isolation', 'key-rings', 'limits', 'samples'].map((name) => `test/${name}.test.ts`),
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string' },
    project: { type: 'string', multiple: true },
    shorter: { type: 'boolean', default: false },
  },
});
const unknown = values.project?.find((name) => !projects.some((known) => known === name));
if (unknown !== undefined) {
  console.error(`--project ${unknown}: there is no such project, only ${projects.join(' and ')}`);
  process.exit(2);
}
const wanted = projects.filter((name) => values.project?.includes(name) ?? true);

const packages = await installTestPackages();
if (packages !== undefined) console.log(packages);

const node = values.node === undefined ? process.execPath : await otherNode(values.node);
const build = await runStep({ name: 'build', program: tool('tsc'), arguments: ['-b'] });
if (!build.ok) {
  console.log(build.output);
  finish({ ...noOutcome, failed: 1 });
} else {
  let outcome = noOutcome;
  for (const project of wanted) outcome = addOutcomes(outcome, await runProject(project));
  finish(outcome);
}

async function runProject(project: (typeof projects)[number]): Promise<TestOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'poolhouse-tests-'));
  const report = join(folder, 'report.json');
  try {
    const { ok } = await runStep(
      {
        name: project,
        program: node,
        arguments: [
          join(repository, 'node_modules/vitest/vitest.mjs'),
          ...['run', '--project', project, '--passWithNoTests'],
          ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
          ...(project === 'product' ? ['--no-file-parallelism'] : []),
          ...(values.shorter ? longTests.flatMap((pattern) => ['--exclude', pattern]) : []),
          ...positionals,
        ],
        // Whatever a test starts as `node` is the Node.js under test.
        environment: { PATH: [dirname(node), process.env['PATH']].join(delimiter) },
      },
      { show: true },
    );
    return readOutcome(await readFile(report, 'utf8').catch(() => undefined), ok);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function finish(outcome: TestOutcome): void {
  for (const title of outcome.skippedTitles) console.log(`skipped: ${title}`);
  console.log(formatOutcome(outcome));
  process.exitCode = outcome.failed === 0 ? 0 : 1;
}
