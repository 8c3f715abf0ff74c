import { mkdirSync, writeFileSync } from 'node:fs';
import { onCore } from '../machine/cores.ts';
import { untilAccepts } from '../machine/ports.ts';
import { processTree } from '../machine/process-tree.ts';
import { startProcess } from '../machine/started-process.ts';
import type { RunningSubject, Setting } from './subject.ts';

export interface Peer {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the peer's folder first, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The folder a peer has for itself. */
export function peerFolder(setting: Setting, name: string): string {
  return `${setting.folder}/${name.replaceAll(/\W+/g, '-')}`;
}

/** Starts another program on the measured core; all of its processes count. */
export async function startPeer(setting: Setting, peer: Peer): Promise<RunningSubject> {
  const folder = peerFolder(setting, peer.name);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(peer.files ?? {})) writeFileSync(`${folder}/${name}`, content);
  const started = startProcess(onCore(setting.cores, setting.cores.measured, peer.command), {
    folder,
    logFile: `${folder}/output.log`,
    ...(peer.env === undefined ? {} : { env: peer.env }),
  });
  try {
    await untilAccepts(setting.port, started.alive);
  } catch (error) {
    await started.stop();
    throw new Error(`${peer.name} did not start: ${started.output().trim()}`, { cause: error });
  }
  return {
    port: setting.port,
    parts: () => ({ [peer.name]: processTree(started.pid).map((entry) => entry.pid) }),
    stop: () => started.stop(),
  };
}
