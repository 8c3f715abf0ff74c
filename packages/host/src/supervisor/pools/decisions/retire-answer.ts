import type { Draft } from '../draft.ts';
import { samePlace } from '../pool-state.ts';

/**
 * All gateways have let go of a retired process (`drained`), or one of them has a request for a process
 * that was only to end because it seemed idle (`busy`).
 */
export function retireAnswered(draft: Draft, id: number, answer: 'drained' | 'busy'): void {
  const process = draft.process(id);
  if (process?.phase !== 'retiring') return;
  if (answer === 'drained') {
    draft.report('worker.drained', { ...draft.about(process), drainMs: drainedAfter(draft, process.deadline) });
    return draft.setProcess(id, { phase: 'drained', active: 0 });
  }
  if (process.ending !== 'idle') return;
  draft.setProcess(id, { phase: 'running', deadline: Infinity, ending: undefined, lastActiveAt: draft.now });
  draft.setPlaces((place) => samePlace(place, process), { wanted: true });
  draft.add(id);
}

/** The deadline was set one shutdownTimeLimit ahead when retiring began. */
function drainedAfter(draft: Draft, deadline: number): number {
  return draft.now - (deadline - draft.state.settings.processModel.shutdownTimeLimitMs);
}
