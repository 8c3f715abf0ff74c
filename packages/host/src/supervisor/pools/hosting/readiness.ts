import { listenersOnPort, processTree, socketInodes } from '../../../linux/index.ts';

/** First and longest pause between two looks, milliseconds. */
const firstPauseMs = 5;
const longestPauseMs = 250;
/** Each pause is a tenth longer: what the wait adds stays near a tenth of the time that the application took. */
const growth = 1.1;

/** Most processes of a tree that are looked at. */
const treeLimit = 16;

export type Readiness =
  | { readonly state: 'waiting' }
  | { readonly state: 'ready'; readonly listeningPid: number }
  /** The port answers, but for somebody else. */
  | { readonly state: 'taken' };

/**
 * Whether an application listens on its port on IPv4 loopback, from the kernel's table of listeners: the
 * application never sees the probe. The listener must belong to the process or one of its descendants.
 */
export function lookForListener(pid: number, port: number): Readiness {
  const listeners = listenersOnPort(port);
  if (listeners.length === 0) return { state: 'waiting' };
  for (const member of processTree(pid).slice(0, treeLimit)) {
    const inodes = socketInodes(member);
    // Where we may not look, the listener is taken to be the application's.
    if (inodes === undefined || listeners.some(({ inode }) => inodes.has(inode)))
      return { state: 'ready', listeningPid: member };
  }
  return { state: 'taken' };
}

/** Pauses between looks: from 5 to 250 milliseconds. */
export function nextPause(pauseMs: number | undefined): number {
  return pauseMs === undefined ? firstPauseMs : Math.min(longestPauseMs, pauseMs * growth);
}
