#!/usr/bin/env node
// What an old Node.js sees of Poolhouse: nothing here may be newer than what Node.js 12 can parse.
import { nodeProblem } from './supported-node.ts';

const problem = nodeProblem(process.versions.node);
if (problem === undefined) {
  void import('./command-line.ts')
    .then(({ currentSystem, runCommandLine }) => runCommandLine(process.argv.slice(2), currentSystem()))
    .then((code) => {
      process.exitCode = code;
    });
} else {
  process.stderr.write(problem + '\n');
  process.exitCode = 1;
}
