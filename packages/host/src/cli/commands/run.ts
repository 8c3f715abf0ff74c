import { defineCommand } from '../command.ts';
import type { Invocation, System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { runUnderInit } from '../process-one.ts';
import { lanAddresses } from '../run/loopback.ts';

const options = {
  port: { type: 'string', value: 'N', description: 'Port (default 8080, or the next free one)' },
  config: {
    type: 'string',
    value: 'FILE',
    description: 'Serve the sites of this applicationHost.config instead of a folder',
  },
  site: { type: 'string', value: 'NAME', description: 'Of --config, serve only this site' },
  lan: { type: 'boolean', description: 'Let other machines of the network reach it' },
  save: { type: 'boolean', description: 'Write what was decided about the folder to its web.config' },
  'allow-root': { type: 'boolean', description: 'As root: run the app as root' },
} as const;

export const runCommand = defineCommand({
  names: ['run'],
  summary: 'Serve the app or site of a folder on this machine, while you work on it',
  description:
    'Looks at the folder: a web.config decides; without one a published .NET app, a package.json, server.js, a Python ' +
    'or Ruby app or plain files are understood. Needs no rights and no installation, listens on loopback only, and ' +
    'keeps what it writes in .poolhouse of the folder. On a terminal r recycles and q quits.',
  arguments: [{ name: 'FOLDER', description: 'the folder to serve; default: the current one', optional: true }],
  options,
  examples: [
    ['poolhouse run', 'serve this folder on http://localhost:8080'],
    ['poolhouse run ./shop --port 3000', 'serve another folder on port 3000'],
    ['poolhouse run --config applicationHost.config --site shop', 'try one site of a server on this machine'],
  ],
  exits: ['not-found', 'denied', 'invalid', 'port-unavailable', 'unusable-configuration'],
  async run(invocation) {
    const { options: flags, output, system } = invocation;
    refuseContradictions(invocation);
    refuseRoot(system, flags['allow-root'] === true);
    runUnderInit(system);
    const port = readPort(flags.port);
    const lan = flags.lan === true;

    const [
      { planFile, planFolder },
      { startHost },
      { loaderFor },
      { serve },
      { endOfEarlierOutput },
      { createRunEvents },
    ] = await Promise.all([
      import('../run/plan.ts'),
      import('../host.ts'),
      import('../loader.ts'),
      import('../run/serve.ts'),
      import('../run/show-output.ts'),
      import('../run/run-events.ts'),
    ]);
    const { locations, narrow } =
      flags.config === undefined
        ? await planFolder(invocation.arguments[0] ?? '.', { port, lan, save: flags.save === true }, system, output)
        : await planFile(flags.config, { port, lan, site: flags.site }, system);
    if (lan) output.say(`reachable from the network at ${lanAddresses().join(', ') || 'no address'}`);

    const load = loaderFor(locations, system, { separateUsers: false, ...(narrow !== undefined && { narrow }) });
    const events = createRunEvents(system, output);
    const outputBegins = endOfEarlierOutput(locations.log);
    const host = await startHost({ locations, load, events, gateways: 1, separateUsers: false }, system);
    system.onHangUp(() => void host.operations.stop('the terminal was closed'));
    await serve(host, system, output, outputBegins);
    return 0;
  },
});

function refuseContradictions({ arguments: [folder], options: flags }: Invocation<typeof options>): void {
  if (folder !== undefined && flags.config !== undefined) {
    throw commandError('wrong-arguments', 'run takes a folder or --config, not both', [
      ['try', 'poolhouse run --help'],
    ]);
  }
  if (flags.site !== undefined && flags.config === undefined) {
    throw commandError('wrong-arguments', '--site chooses among the sites of --config FILE');
  }
  if (flags.save === true && flags.config !== undefined) {
    throw commandError(
      'wrong-arguments',
      '--save writes what was decided about a folder; with --config nothing is decided',
    );
  }
}

/** It creates no users, so as root the app itself would be root. */
function refuseRoot({ uid }: System, allowed: boolean): void {
  if (uid !== 0 || allowed) return;
  throw commandError('root-refused', 'poolhouse run does not run apps as root', [
    ['because', 'it creates no users, so the app would have all rights on this machine'],
    ['try', 'an ordinary user, or --allow-root, or poolhouse start, which creates a user per pool'],
  ]);
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw commandError('wrong-value', `--port ${text}: give a number from 1 to 65535`);
}
