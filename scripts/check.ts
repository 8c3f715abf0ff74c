/**
 * `npm run check`: everything that can be found without running the product.
 *
 *   1. compile what is published; later steps read the compiled declarations
 *   2. at once: types of tests, lint with the import rules, format, dead code, rules of the sources
 *   3. what failed, then one line for each step
 */
import { checkSources } from './source-rules.ts';
import { formatResult, runStep, tool } from './step.ts';
import type { Step, StepResult } from './step.ts';

const begun = performance.now();
const build = await runStep({ name: 'types and build', program: tool('tsc'), arguments: ['-b'] });

const steps: readonly Step[] = [
  { name: 'types of unit tests and scripts', program: tool('tsc'), arguments: ['-p', 'tsconfig.test.json'] },
  { name: 'types of product tests', program: tool('tsc'), arguments: ['-p', 'test'] },
  { name: 'types of benchmarks', program: tool('tsc'), arguments: ['-p', 'benchmarks'] },
  { name: 'lint and import directions', program: tool('oxlint'), arguments: ['--deny-warnings'] },
  { name: 'format (mend with: npm run format)', program: tool('oxfmt'), arguments: ['--check', '.'] },
  {
    name: 'conformance page (mend with: npx node scripts/conformance.ts)',
    program: process.execPath,
    arguments: ['scripts/conformance.ts', '--check'],
  },
  { name: 'changelog fragments', program: process.execPath, arguments: ['scripts/changelog.ts'] },
  { name: 'dead code and dependencies', program: tool('knip'), arguments: ['--no-progress', '--no-config-hints'] },
];
const results: StepResult[] = [build, ...(await Promise.all([checkSources(), ...steps.map((step) => runStep(step))]))];

for (const { name, ok, output } of results) {
  if (!ok) console.log(`── ${name}\n${output.trimEnd()}\n`);
}
for (const result of results) console.log(formatResult(result));

const failed = results.filter(({ ok }) => !ok).length;
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
console.log(failed === 0 ? `all checks passed in ${seconds} s` : `${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
