import type { System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { createAdminClient } from '../admin-client.ts';
import type { RunningHost } from '../host.ts';
import { outputLineWriter } from '../output-lines.ts';
import type { Output } from '../output.ts';
import { listenToKeys } from './terminal-keys.ts';

/**
 * What `poolhouse run` does once its host serves:
 *
 *   1. give up when no site could open its port
 *   2. say where the sites are
 *   3. show what the applications write
 *   4. obey the keys until the end
 */
export async function serve(host: RunningHost, system: System, output: Output): Promise<void> {
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
    if (state !== 'stopped')
      output.show({ site: name, urls }, () => urls.map((url) => output.data.paint('bold', url)).join('\n'));
  }

  const ending = new AbortController();
  const client = createAdminClient(host.socketPath, ending.signal);
  const show = outputLineWriter(output);
  for (const { name } of pools) {
    // The stream ends with the host; then there is nobody left to tell.
    client.stream(`/api/v1/logs/${encodeURIComponent(name)}?follow=true&tail=0`, show).catch(() => {});
  }

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
