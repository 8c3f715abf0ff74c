import { fileURLToPath } from 'node:url';
import { createLoader } from '../supervisor/activation/index.ts';
import type { LoaderOptions } from '../supervisor/activation/index.ts';
import type { FileLocations } from '../supervisor/file-locations.ts';
import type { System } from './command.ts';
import { productVersion } from './product-version.ts';

/**
 * What loads the configuration of these locations.
 *
 * @param separateUsers pools run as users of their own: the supervisor, as root, then reads only files of root
 */
export function loaderFor(
  locations: FileLocations,
  system: System,
  options: { readonly separateUsers: boolean; readonly narrow?: LoaderOptions['narrow'] },
): ReturnType<typeof createLoader> {
  const { narrow, separateUsers } = options;
  return createLoader({
    locations,
    installFolder: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
    home: system.home,
    environment: system.environment,
    version: productVersion(),
    onlyFilesOfRoot: separateUsers,
    ...(narrow !== undefined && { narrow }),
  });
}
