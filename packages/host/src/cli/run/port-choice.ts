import type { PortHolder } from '../../linux/index.ts';
import { commandError } from '../command-error.ts';

/** What the choice needs of the system. */
export interface PortProbe {
  /** Tries to bind every address; undefined when that works, else the error code. */
  bind(addresses: readonly string[], port: number): string | undefined;
  holder(port: number): PortHolder | undefined;
}

/** As IIS Express. */
const defaultPort = 8080;
/** Ports tried when the default one is taken. */
const portsTried = 100;

/**
 * The port to serve on: the one that was asked for or none, 8080 or the next free one otherwise.
 *
 * @returns the port, and a message when it is not the one people expect
 * @throws CommandError `port-unavailable`, naming who has it
 */
export function choosePort(
  asked: number | undefined,
  addresses: readonly string[],
  probe: PortProbe,
): { readonly port: number; readonly message?: string } {
  if (asked !== undefined) {
    const problem = probe.bind(addresses, asked);
    if (problem === undefined) return { port: asked };
    throw unavailable(asked, problem, probe);
  }
  for (let port = defaultPort; port < defaultPort + portsTried; port += 1) {
    const problem = probe.bind(addresses, port);
    if (problem === undefined) {
      return port === defaultPort
        ? { port }
        : { port, message: `port ${defaultPort} is taken${by(probe.holder(defaultPort))}; using ${port}` };
    }
    if (problem !== 'EADDRINUSE') throw unavailable(port, problem, probe);
  }
  throw unavailable(defaultPort, 'EADDRINUSE', probe);
}

function unavailable(port: number, problem: string, { holder }: PortProbe) {
  if (problem === 'EACCES') {
    return commandError('port-unavailable', `port ${port} needs rights that this user does not have`, [
      ['because', 'ports below 1024 are privileged'],
      ['try', `a higher --port, or: sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`],
    ]);
  }
  if (problem === 'EADDRINUSE') {
    return commandError('port-unavailable', `port ${port} is taken${by(holder(port))}`, [
      ['try', 'another port, or none: --port is optional'],
    ]);
  }
  return commandError('port-unavailable', `port ${port} cannot be opened: ${problem}`);
}

function by(holder: PortHolder | undefined): string {
  return holder === undefined ? '' : ` by process ${holder.pid} (${holder.command})`;
}
