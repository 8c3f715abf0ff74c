import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import {
  commandFile,
  commandLine,
  descendants,
  freePort,
  request,
  scratchFile,
  until,
  within,
  writeConfiguration,
} from '../harness/index.ts';

const initPrograms = ['/usr/bin/tini', '/sbin/tini', '/usr/local/bin/tini', '/usr/bin/dumb-init'];
const hasInit = initPrograms.some((path) => existsSync(path));
const namespaces = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
const canUnshare = spawnSync('unshare', [...namespaces, 'true']).status === 0;
const allowRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];

/** What an init program does: it has one child, passes signals on, and ends as the child did. */
const standIn = `#!/bin/sh
[ "$1" = -- ] && shift
"$@" & child=$!
trap 'kill -TERM $child' TERM
wait $child; code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
exit $code
`;

/** Shows the program as /usr/local/bin/tini, in a mount namespace of its own, and becomes the command. */
const withInit = 'mount -t tmpfs tmpfs /usr/local/bin && cp "$1" /usr/local/bin/tini && shift && exec "$@"';

async function configured(): Promise<{ readonly words: string[]; readonly port: number; readonly folder: string }> {
  const folder = dirname(scratchFile('x'));
  const port = await freePort();
  const sites = [{ applications: { '/': { files: { 'index.html': 'here' } } } }];
  const { file } = writeConfiguration(folder, { sites }, [port], 'mark');
  const folders = ['state', 'run', 'log'].flatMap((name) => [`--${name}`, join(folder, name)]);
  return { words: [process.execPath, commandFile, 'start', '--config', file, ...folders, ...allowRoot], port, folder };
}

describe.runIf(canUnshare)('start as process 1 (needs the right to make namespaces)', () => {
  it.runIf(!hasInit)('refuses without an init program, in one sentence (needs a machine without tini)', async () => {
    const { words } = await configured();
    const { status, stdout, stderr } = spawnSync('unshare', [...namespaces, ...words], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^error PH2105: Poolhouse does not run as process 1 of a container\n {2}because: .*\n {2}try: .*tini\n$/,
    );
  });

  it.runIf(!process.execPath.startsWith('/usr/local/bin/'))(
    'serves below an init program, and ends in order when that is told to',
    async () => {
      const { words, port, folder } = await configured();
      const init = join(folder, 'tini');
      writeFileSync(init, standIn);
      chmodSync(init, 0o755);
      const container = spawn('unshare', [...namespaces, '/bin/sh', '-c', withInit, 'sh', init, ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void container.kill('SIGKILL'));
      const output = join(folder, 'output');
      container.stdout.on('data', (text: Buffer) => writeFileSync(output, text, { flag: 'a' }));
      await until('it to serve', async () => (await request({ port, path: '/' })).text() === 'here');
      const [one] = descendants(container.pid as number);
      expect(commandLine(one!.pid).join(' ')).toContain('tini -- ');
      const exit = once(container, 'close');
      process.kill(one!.pid, 'SIGTERM');
      expect(await within('the container to end', exit)).toEqual([0, null]);
      expect(readFileSync(output, 'utf8')).toContain('"event":"supervisor.stopped"');
    },
  );
});
