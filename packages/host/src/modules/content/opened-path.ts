import { readlink } from 'node:fs/promises';

/**
 * Path that an open descriptor really leads to, as the kernel knows it. Unlike a look at the name before or
 * after opening, it cannot be deceived by a link that changes in between. `/dev/fd` is part of every Linux
 * with a mounted proc file system.
 */
export function openedPath(fd: number): Promise<string> {
  return readlink(`/dev/fd/${fd}`);
}

/** Whether a path is the folder itself or lies below it; both absolute, links resolved. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
