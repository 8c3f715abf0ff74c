import { resolve } from 'node:path';
import type { LoaderOptions } from '../../supervisor/activation/index.ts';
import { fileLocations } from '../../supervisor/file-locations.ts';
import type { FileLocations } from '../../supervisor/file-locations.ts';
import { prepareServedFolder } from '../../supervisor/prepare-folders.ts';
import { defineCommand } from '../command.ts';
import type { Invocation, System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { configurationFile } from '../configuration-file.ts';
import { runUnderInit } from '../process-one.ts';
import { lanAddresses, loopbackAddresses } from '../run/loopback.ts';
import { narrowSites } from '../run/narrow-sites.ts';
import { choosePort } from '../run/port-choice.ts';

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

/** What is to be served: where, and how its configuration is loaded. */
interface Plan {
  readonly locations: FileLocations;
  readonly narrow?: LoaderOptions['narrow'];
}

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
    const { locations, narrow } =
      flags.config === undefined ? await planFolder(invocation, port) : planFile(flags.config, invocation, port);
    if (flags.lan === true) output.say(`reachable from the network at ${lanAddresses().join(', ') || 'no address'}`);

    const [{ startHost }, { loaderFor }, { serve }, { endOfEarlierOutput }, { createRunEvents }] = await Promise.all([
      import('../host.ts'),
      import('../loader.ts'),
      import('../run/serve.ts'),
      import('../run/show-output.ts'),
      import('../run/run-events.ts'),
    ]);
    const load = loaderFor(locations, system, { separateUsers: false, ...(narrow !== undefined && { narrow }) });
    const events = createRunEvents(system, output);
    const outputBegins = endOfEarlierOutput(locations.log);
    const host = await startHost({ locations, load, events, gateways: 1, separateUsers: false }, system);
    system.onHangUp(() => void host.operations.stop('the terminal was closed'));
    await serve(host, system, output, outputBegins);
    return 0;
  },
});

/** A folder: what it holds is written down as the configuration of one site. */
async function planFolder(invocation: Invocation<typeof options>, asked: number | undefined): Promise<Plan> {
  const { options: flags, output, system } = invocation;
  const folder = resolve(system.workingDirectory, invocation.arguments[0] ?? '.');
  const [{ decideFolder, saveDecision, writeServedConfiguration }, { machinePorts }] = await Promise.all([
    import('../run/served-folder.ts'),
    import('../run/port-probe.ts'),
  ]);
  const decision = await decideFolder(folder);
  output.say(`serving ${folder} (${decision.runtime}): ${decision.reason}`);
  if (flags.save === true) output.say(saveDecision(folder, decision));
  const addresses = flags.lan === true ? ['*'] : loopbackAddresses();
  const { port, message } = choosePort(asked, addresses, machinePorts);
  if (message !== undefined) output.say(message);
  const locations = servedLocations(system, folder);
  prepareOwnFolder(folder, system);
  writeServedConfiguration(locations, decision, { folder, addresses, port });
  return { locations };
}

/** A file that was written for a server, narrowed to this machine. */
function planFile(
  file: string,
  { options: flags, system }: Invocation<typeof options>,
  port: number | undefined,
): Plan {
  const addresses = flags.lan === true ? undefined : loopbackAddresses();
  const configuration = configurationFile(resolve(system.workingDirectory, file));
  const folder = system.workingDirectory;
  prepareOwnFolder(folder, system);
  return {
    locations: { ...servedLocations(system, folder), configuration },
    narrow: (sites) => narrowSites(sites, { site: flags.site, port, addresses }),
  };
}

function servedLocations({ environment, uid, home, workingDirectory }: System, servedFolder: string): FileLocations {
  return fileLocations({ environment, uid, home, workingDirectory, servedFolder });
}

function prepareOwnFolder(folder: string, { uid }: System): void {
  try {
    prepareServedFolder(folder, uid);
  } catch (error) {
    throw commandError('folder-unsafe', error instanceof Error ? error.message : String(error));
  }
}

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
