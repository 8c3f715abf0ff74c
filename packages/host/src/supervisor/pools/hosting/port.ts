import { bindTcpSocket } from '../../../linux/index.ts';
import type { StartProblem } from '../failure/start-problem.ts';

/** Range of a configured port; what lies outside is refused without a second attempt. */
const configuredPorts = { min: 1025, max: 48_000 };
/** Range of drawn ports. The kernel's own ephemeral ports (32768 and up by default) are kept away from. */
const drawnPorts = { min: 10_000, max: 32_767 };
const draws = 10;

/**
 * The port of an application process: the section's `ASPNETCORE_PORT`, else a random free one.
 *
 * @param configured value of the section, expanded; empty = not set
 * @param random in [0, 1)
 */
export function choosePort(
  configured: string | undefined,
  random: () => number,
): { readonly port: number } | { readonly problem: StartProblem } {
  if (configured !== undefined && configured.trim() !== '') return configuredPort(configured);
  for (let draw = 0; draw < draws; draw += 1) {
    const port = drawnPorts.min + Math.floor(random() * (drawnPorts.max - drawnPorts.min + 1));
    if (isFree(port)) return { port };
  }
  const message = `no free port among ${draws} drawn from ${drawnPorts.min} to ${drawnPorts.max}`;
  return { problem: { stage: 'port', message, critical: false } };
}

/** Read as the module does: leading digits count, anything else is 0. */
function configuredPort(text: string): { port: number } | { problem: StartProblem } {
  const port = Number.parseInt(text, 10) || 0;
  if (port >= configuredPorts.min && port <= configuredPorts.max) return { port };
  const message = `ASPNETCORE_PORT "${text}" is not a port from ${configuredPorts.min} to ${configuredPorts.max}; correct it or leave it out`;
  return { problem: { stage: 'port', message, critical: true } };
}

function isFree(port: number): boolean {
  try {
    bindTcpSocket('127.0.0.1', port).close();
    return true;
  } catch {
    return false; // in use: the caller draws another
  }
}
