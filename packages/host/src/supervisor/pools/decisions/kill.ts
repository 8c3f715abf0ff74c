import type { Draft } from '../draft.ts';
import type { WorkerProcess } from '../pool-state.ts';

/** Ends a process at once; it stays known until it is gone. */
export function kill(draft: Draft, process: WorkerProcess): void {
  draft.setProcess(process.id, { phase: 'killing', deadline: draft.now + killWatchdogMs });
  draft.remove(process.id);
  draft.effects.push({ type: 'kill', process: process.id });
}

/** A process that does not die of SIGKILL (a disk that does not answer) is given up after this, milliseconds. */
const killWatchdogMs = 5_000;
