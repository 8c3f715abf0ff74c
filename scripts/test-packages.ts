import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { runStep } from './step.ts';

/** What the tests use and Node.js does not bring, with a file by which each package is known to be there. */
const packages: readonly { readonly name: string; readonly provides: string }[] = [
  { name: 'util-linux', provides: '/usr/bin/setpriv' },
  { name: 'passwd', provides: '/usr/sbin/useradd' },
  { name: 'curl', provides: '/usr/bin/curl' },
  { name: 'openssl', provides: '/usr/bin/openssl' },
  { name: 'python3', provides: '/usr/bin/python3' },
  { name: 'nghttp2-client', provides: '/usr/bin/h2load' },
  { name: 'redis-server', provides: '/usr/bin/redis-server' },
  { name: 'postgresql', provides: '/usr/bin/pg_ctlcluster' },
];

/** Debian's switch that keeps a package from starting its service. */
const servicePolicy = '/usr/sbin/policy-rc.d';

/** Installs what is missing; returns what there is to say about it, undefined when nothing was missing. */
export async function installTestPackages(): Promise<string | undefined> {
  const missing = packages.filter(({ provides }) => !existsSync(provides)).map(({ name }) => name);
  if (missing.length === 0) return undefined;
  const names = missing.join(' ');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return `not installed: ${names}; tests that need them are skipped (as root on Debian this script installs them)`;
  }
  const guard = !existsSync(servicePolicy);
  if (guard) await writeFile(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await aptGet('update');
    const { ok, output } = await aptGet('install', '--yes', '--no-install-recommends', ...missing);
    return ok ? `installed for the tests: ${names}` : `could not install ${names}:\n${output}`;
  } finally {
    if (guard) await rm(servicePolicy, { force: true });
  }
}

function aptGet(...args: string[]) {
  return runStep({
    name: 'apt-get',
    program: '/usr/bin/apt-get',
    arguments: ['--quiet', ...args],
    environment: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    limitMs: 300_000,
  });
}
