import type { Environment } from './default-directory.ts';

/** What the official .NET images set, and what container engines put there. */
export function isContainer(environment: Environment, exists: (path: string) => boolean): boolean {
  const told = environment['DOTNET_RUNNING_IN_CONTAINER'] ?? environment['DOTNET_RUNNING_IN_CONTAINERS'];
  return /^(?:1|true)$/i.test(told ?? '') || exists('/.dockerenv') || exists('/run/.containerenv');
}

/**
 * Whether a directory outlives the container: it or one of its parents, the root left out, is a mount point.
 *
 * @param directory absolute
 * @param mounts text of /proc/self/mounts
 */
export function isOnVolume(directory: string, mounts: string): boolean {
  const points = new Set(
    mounts.split('\n').map((line) => (line.split(' ', 2)[1] ?? '').replaceAll(/\\([0-7]{3})/g, characterOf)),
  );
  const steps = directory.split('/').filter((step) => step !== '');
  return steps.some((_, index) => points.has(`/${steps.slice(0, index + 1).join('/')}`));
}

/** White space stands there in octal. */
function characterOf(_: string, octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}
