import { readFileSync } from 'node:fs';
import { allPids, socketInodes } from './proc.ts';
import { listenersOnPort } from './tcp-listeners.ts';

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** Its command line, words separated by blanks; at most 200 characters. */
  readonly command: string;
}

/** Who listens on a TCP port of this machine; undefined when nobody does or we may not look. */
export function portHolder(port: number): PortHolder | undefined {
  const inodes = new Set(listenersOnPort(port).map(({ inode }) => inode));
  if (inodes.size === 0) return undefined;
  for (const pid of allPids()) {
    const sockets = socketInodes(pid);
    if (sockets !== undefined && [...inodes].some((inode) => sockets.has(inode)))
      return { pid, command: commandLine(pid) };
  }
  return undefined;
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim().slice(0, 200);
  } catch {
    return '';
  }
}
