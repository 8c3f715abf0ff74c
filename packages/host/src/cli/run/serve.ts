import type { System } from '../command.ts';
import { commandError } from '../command-error.ts';
import type { RunningHost } from '../host.ts';
import type { Output } from '../output.ts';
import { browserUrls } from './browser-urls.ts';
import { showOutput } from './show-output.ts';
import type { OutputBegins } from './show-output.ts';
import { listenToKeys } from './terminal-keys.ts';

/**
 * What `poolhouse run` does once its host serves:
 *
 *   1. give up when no site could open its port
 *   2. say where the sites are
 *   3. show what the applications write
 *   4. obey the keys until the end
 */
export async function serve(
  host: RunningHost,
  system: System,
  output: Output,
  outputBegins: OutputBegins,
): Promise<void> {
  const { sites, pools } = host.operations.status();
  const stopped = sites.filter(({ state }) => state === 'stopped');
  for (const { name, reason } of stopped)
    output.say(output.messages.paint('yellow', `site ${name}: ${reason ?? 'stopped'}`));
  if (sites.length > 0 && stopped.length === sites.length) {
    await host.operations.stop('no site can be served');
    await host.ended;
    throw commandError('port-unavailable', stopped.map(({ name, reason }) => `site ${name}: ${reason}`).join('\n'));
  }

  for (const { name, state, urls } of sites) {
    if (state === 'stopped') continue;
    const shown = browserUrls(urls);
    output.show({ site: name, urls: shown }, () => shown.map((url) => output.data.paint('bold', url)).join('\n'));
  }

  const ending = new AbortController();
  for (const { name } of pools) void showOutput(name, host.operations, outputBegins, output, ending.signal);

  const releaseKeys = listenToKeys(system.stdin, {
    recycle: () => {
      output.say('recycling');
      for (const { name } of host.operations.status().pools) {
        host.operations.recyclePool(name, { wait: false }).catch((error: unknown) => output.say(String(error)));
      }
    },
    quit: () => void host.operations.stop('asked to quit'),
    help: () => output.say('r recycle   q quit'),
  });
  if (system.stdin.isTTY) output.say(output.messages.paint('dim', 'r recycle   q quit'));
  try {
    await host.ended;
  } finally {
    ending.abort();
    releaseKeys();
  }
}
