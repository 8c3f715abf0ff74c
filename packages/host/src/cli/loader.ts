import { fileURLToPath } from 'node:url';
import type { Credentials } from '../linux/index.ts';
import { createLoader, startReader } from '../supervisor/activation/index.ts';
import type { LoaderOptions } from '../supervisor/activation/index.ts';
import type { FileLocations } from '../supervisor/file-locations.ts';
import type { System } from './command.ts';
import { productVersion } from './product-version.ts';

/**
 * What loads the configuration of these locations.
 *
 * @param separateUsers pools run as users of their own: the supervisor, as root, then reads only files of root
 * @param contentUser who reads content folders then; asked for at each load
 */
export function loaderFor(
  locations: FileLocations,
  system: System,
  options: {
    readonly separateUsers: boolean;
    readonly contentUser?: () => Promise<Pick<Credentials, 'uid' | 'gid'> | undefined>;
    readonly narrow?: LoaderOptions['narrow'];
  },
): ReturnType<typeof createLoader> {
  const { narrow, separateUsers, contentUser } = options;
  return createLoader({
    locations,
    installFolder: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
    home: system.home,
    environment: system.environment,
    version: productVersion(),
    onlyFilesOfRoot: separateUsers,
    ...(narrow !== undefined && { narrow }),
    ...(separateUsers && contentUser !== undefined && { startReader: () => readerOf(contentUser) }),
  });
}

async function readerOf(
  contentUser: () => Promise<Pick<Credentials, 'uid' | 'gid'> | undefined>,
): ReturnType<typeof startReader> {
  const user = await contentUser();
  if (user === undefined) throw new Error('there is no user to read it as; start Poolhouse once, or see --allow-root');
  return startReader({ uid: user.uid, gid: user.gid, groups: [] });
}
