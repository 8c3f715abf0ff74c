import { statSync } from 'node:fs';
import { join } from 'node:path';

/** The file that a path means: a folder stands for the `applicationHost.config` in it. Whether it exists is not asked. */
export function configurationFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, 'applicationHost.config') : path;
}
