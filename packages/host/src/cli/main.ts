#!/usr/bin/env node
// The only file that an old Node.js ever sees: nothing here may be newer than what Node.js 12 can parse.
const oldest = '24.19';
const isOld = Number(process.versions.node.split('.')[0]) < 24 || /^24\.(\d|1[0-8])\./.test(process.versions.node);

if (isOld) {
  process.stderr.write(
    'Poolhouse needs Node.js ' +
      oldest +
      ' or later to run itself, and this is ' +
      process.versions.node +
      '; the apps it hosts may stay on this one: name it in processPath.\n',
  );
  process.exitCode = 1;
} else {
  void import('./command-line.ts')
    .then(({ currentSystem, runCommandLine }) => runCommandLine(process.argv.slice(2), currentSystem()))
    .then((code) => {
      process.exitCode = code;
    });
}
