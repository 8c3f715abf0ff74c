import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';

const policyFile = '/usr/sbin/policy-rc.d';

/** Path of a program, or undefined. Servers live in /usr/sbin, which a user's PATH may lack. */
export function findProgram(name: string, path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`): string | undefined {
  return path
    .split(':')
    .map((folder) => `${folder}/${name}`)
    .find((file) => isExecutable(file));
}

/**
 * Path of a program; installs its Debian package when it is missing and this process is root. The package's
 * service is not started: `policy-rc.d` with exit code 101 forbids it while the installation runs.
 * Throws what to do when the program cannot be had.
 */
export function provideProgram(name: string, debianPackage: string, report: (line: string) => void): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  const advice = `${name} is not installed: apt-get install ${debianPackage}`;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) throw new Error(advice);

  report(`installing ${debianPackage}`);
  const ownPolicy = !existsSync(policyFile);
  if (ownPolicy) {
    writeFileSync(policyFile, '#!/bin/sh\nexit 101\n');
    chmodSync(policyFile, 0o755);
  }
  try {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', debianPackage);
  } finally {
    if (ownPolicy) rmSync(policyFile, { force: true });
  }
  const installed = findProgram(name);
  if (installed === undefined) throw new Error(advice);
  return installed;
}

function aptGet(...args: string[]): void {
  const { status, stderr } = spawnSync('apt-get', ['--quiet', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed: ${stderr.trim().slice(-500)}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
