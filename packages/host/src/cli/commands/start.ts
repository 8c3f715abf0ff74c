import { fileLocations } from '../../supervisor/file-locations.ts';
import { defineCommand } from '../command.ts';
import type { System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { configurationFile } from '../configuration-file.ts';
import { createHostEvents } from '../event-output.ts';
import { runUnderInit } from '../process-one.ts';
import { readServiceManager } from '../service-manager.ts';
import { startDetached } from '../start-detached.ts';

export const startCommand = defineCommand({
  names: ['start'],
  summary: 'Serve the sites of an applicationHost.config',
  description:
    'Stays in the foreground, as a service manager wants it, and writes events to stdout: for people on a terminal, ' +
    'else one JSON object per line. SIGTERM stops it in order, SIGHUP reads the configuration again. As root it creates one user per application pool; ' +
    'otherwise everything runs as the current user.',
  arguments: [],
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      description: 'Server-level file (default /etc/poolhouse/applicationHost.config, or the XDG folder)',
    },
    detach: { type: 'boolean', description: 'Go to the background when it serves' },
    'allow-root': { type: 'boolean', description: 'As root: create no users, run every pool as root' },
    gateways: { type: 'string', value: 'N', description: 'Gateway processes (default 1 on up to two processors)' },
    'idle-check': {
      type: 'string',
      value: 'MS',
      description: 'How often idle processes are looked for (default 60000)',
    },
    state: { type: 'string', value: 'DIR', description: 'Folder for what survives a restart' },
    run: { type: 'string', value: 'DIR', description: 'Folder for sockets' },
    log: { type: 'string', value: 'DIR', description: 'Folder for logs' },
    'log-file': {
      type: 'string',
      value: 'FILE',
      description: 'Append events to this file instead of stdout (10 MiB, 3 kept)',
    },
  },
  examples: [
    ['poolhouse start --config ./applicationHost.config', 'serve it until Ctrl-C'],
    ['sudo poolhouse start', 'what a service unit executes'],
    ['poolhouse start --config site.config --detach', 'serve it in the background'],
  ],
  exits: ['denied', 'unusable-configuration'],
  async run({ options, output, system }) {
    const gateways = readGateways(options.gateways);
    const idleCheckMs = readIdleCheck(options['idle-check']);
    const { config, state, run, log } = options;
    const chosen = fileLocations({ ...systemInput(system), flags: { config, state, run, log } });
    const locations = { ...chosen, configuration: configurationFile(chosen.configuration) };
    if (options.detach === true) return startDetached(locations, system, output);
    runUnderInit(system);

    const events = createHostEvents(system, output, options['log-file']);
    const service = readServiceManager(system, events);
    const separateUsers = system.uid === 0 && options['allow-root'] !== true;
    // Loaded only here: the commands that ask a running Poolhouse must not wait for the parts that run one.
    const [{ startHost }, { loaderFor }, { IdentityProvider }] = await Promise.all([
      import('../host.ts'),
      import('../loader.ts'),
      import('../../supervisor/pools/index.ts'),
    ]);
    const identities = new IdentityProvider(separateUsers, locations.state);
    const load = loaderFor(locations, system, { separateUsers, contentUser: () => identities.gatewayUser() });
    const host = await startHost(
      {
        locations,
        load,
        events,
        gateways,
        separateUsers,
        service,
        ...(idleCheckMs === undefined ? {} : { idleCheckMs }),
      },
      system,
    );
    // A terminal that closes hangs up too; then the one who started it is gone.
    system.onHangUp(
      () => void (output.data.isTerminal ? host.operations.stop('the terminal was closed') : host.reload()),
    );
    await host.ended;
    return 0;
  },
});

function readIdleCheck(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (ms >= 10) return ms;
  throw commandError('wrong-value', `--idle-check ${text}: give a number of milliseconds, at least 10`);
}

function readGateways(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 64) return count;
  throw commandError('wrong-value', `--gateways ${text}: give a number from 1 to 64`);
}

function systemInput({ environment, uid, home, workingDirectory }: System) {
  return { environment, uid, home, workingDirectory };
}
