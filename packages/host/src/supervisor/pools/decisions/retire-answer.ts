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
    const drainMs = draft.now - (process.retired?.at ?? draft.now);
    draft.report('worker.drained', { ...draft.about(process), drainMs });
    return draft.setProcess(id, { phase: 'drained', active: 0 });
  }
  if (process.ending !== 'idle') return;
  // Whether it stays is for `reconcile` to say: much may have changed since the gateways were asked.
  draft.setProcess(id, {
    ...{ phase: 'running', deadline: Infinity, ending: undefined, retired: undefined },
    lastActiveAt: draft.now,
  });
  const application = draft.application(process.application);
  const wanted = draft.state.status === 'started' && application?.offlinePage === undefined;
  if (wanted) draft.setPlaces((place) => samePlace(place, process), { wanted });
  draft.add(id);
}
