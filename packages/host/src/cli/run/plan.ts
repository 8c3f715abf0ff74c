import { join, resolve } from 'node:path';
import type { LoaderOptions } from '../../supervisor/activation/index.ts';
import { adminSocketName, fileLocations } from '../../supervisor/file-locations.ts';
import type { FileLocations } from '../../supervisor/file-locations.ts';
import { prepareServedFolder } from '../../supervisor/prepare-folders.ts';
import type { System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { systemCallError } from '../system-call-error.ts';
import { configurationFile } from '../configuration-file.ts';
import { probeSocket } from '../connect-admin.ts';
import type { Output } from '../output.ts';
import { loopbackAddresses } from './loopback.ts';
import { narrowSites } from './narrow-sites.ts';
import { choosePort } from './port-choice.ts';
import { machinePorts } from './port-probe.ts';
import { decideFolder, saveDecision, writeServedConfiguration } from './served-folder.ts';

/** What is to be served: where its files are, and what of its configuration. */
export interface RunPlan {
  readonly locations: FileLocations;
  readonly narrow?: LoaderOptions['narrow'];
}

/** Plans to serve a folder: what it holds is written down as the configuration of one site. */
export async function planFolder(
  path: string,
  options: { readonly port: number | undefined; readonly lan: boolean; readonly save: boolean },
  system: System,
  output: Output,
): Promise<RunPlan> {
  const folder = resolve(system.workingDirectory, path);
  const decision = await decideFolder(folder);
  const locations = await prepare(folder, system);
  output.say(`serving ${folder} (${decision.runtime}): ${decision.reason}`);
  if (options.save) output.say(saveDecision(folder, decision));
  const addresses = options.lan ? ['*'] : loopbackAddresses();
  const { port, message } = choosePort(options.port, addresses, machinePorts);
  if (message !== undefined) output.say(message);
  writeServedConfiguration(locations, decision, { folder, addresses, port });
  return { locations };
}

/** Plans to serve a file that was written for a server, narrowed to this machine. */
export async function planFile(
  path: string,
  options: { readonly port: number | undefined; readonly lan: boolean; readonly site: string | undefined },
  system: System,
): Promise<RunPlan> {
  const configuration = configurationFile(resolve(system.workingDirectory, path));
  const { port, site } = options;
  const addresses = options.lan ? undefined : loopbackAddresses();
  return {
    locations: { ...(await prepare(system.workingDirectory, system)), configuration },
    narrow: (sites) => narrowSites(sites, { site, port, addresses }),
  };
}

/** Everything goes below `.poolhouse` of the folder, whose configuration file is ours to write whatever POOLHOUSE_CONFIG says. */
async function prepare(servedFolder: string, system: System): Promise<FileLocations> {
  const { environment, uid, home, workingDirectory } = system;
  const config = join(servedFolder, '.poolhouse', 'applicationHost.config');
  const locations = fileLocations({ environment, uid, home, workingDirectory, servedFolder, flags: { config } });
  const socket = join(locations.run, adminSocketName);
  if ((await probeSocket(socket, uid)) === 'answers') {
    throw commandError('already-running', `a Poolhouse runs in ${servedFolder} already`, [
      ['try', 'poolhouse status and poolhouse stop in that folder'],
    ]);
  }
  try {
    prepareServedFolder(servedFolder, uid);
  } catch (error) {
    throw (
      systemCallError(error) ?? commandError('folder-unsafe', error instanceof Error ? error.message : String(error))
    );
  }
  return locations;
}
