import type { PoolState as PublishedPoolState } from '@poolhouse/contract';
import type { Draft } from '../draft.ts';
import { recycleFlag } from '../recycling/recycle-policy.ts';
import { slotsUnderway } from '../recycling/restartable-slots.ts';
import type { RecycleReason } from '../pool-event.ts';

/** Clears every counter and cached failure; requests are accepted again. */
export function startPool(draft: Draft): void {
  if (draft.state.status === 'started') return;
  draft.state.status = 'started';
  draft.state.reason = undefined;
  draft.state.crashes = [];
  draft.state.failures = {};
  draft.setPlaces(() => true, { attempts: 0, notBefore: 0 });
  // A gateway may have asked for a process while the pool was stopped: what it hears anew it asks for again.
  draft.state.published = {};
  publishPool(draft);
}

/** Refuses requests from now on; what is in the hands of processes is finished. */
export function stopPool(draft: Draft, reason: NonNullable<PublishedPoolState['reason']>): void {
  if (draft.state.status === 'stopped') return;
  draft.state.status = 'stopping';
  draft.state.reason = reason;
  draft.state.recycleNext = [];
  draft.setPlaces(() => true, { wanted: false });
  publishPool(draft);
}

/**
 * Renews every slot, one after the other. Several orders before a slot's first is done are one, except after
 * a change of the configuration: what is starting then may have been started with the old one.
 */
export function recycle(draft: Draft, reason: RecycleReason): void {
  if (draft.state.status !== 'started') return;
  draft.state.failures = {};
  draft.setPlaces(() => true, { attempts: 0, notBefore: 0 });
  const slots = new Set(draft.state.places.map((place) => place.slot));
  if (reason !== 'configchange') for (const slot of slotsUnderway(draft.state)) slots.delete(slot);
  draft.state.recycleNext = [...slots].toSorted((a, b) => a - b);
  if (!draft.state.settings.recycling.logEventOnRecycle.includes(recycleFlag[reason])) return;
  for (const process of draft.state.processes) {
    if (process.phase === 'running' && slots.has(process.slot))
      draft.report('worker.recycle', { ...draft.about(process), reason });
  }
}

/** Renews the processes of one application in all slots at once; what it failed with is forgotten. */
export function restartApplication(draft: Draft, application: string, reason: string): void {
  draft.setFailures(application, { inARow: 0, failure: undefined, until: 0 });
  draft.state.generation += 1;
  draft.setPlaces((place) => place.application === application, {
    generation: draft.state.generation,
    attempts: 0,
    notBefore: 0,
  });
  draft.report('app.recycled', { application, pool: draft.pool, reason });
}

function publishPool(draft: Draft): void {
  const { status, reason } = draft.state;
  const state = status === 'started' ? 'started' : 'stopped';
  draft.effects.push({
    type: 'poolState',
    state: { name: draft.pool, state, ...(reason === undefined ? {} : { reason }) },
  });
  draft.report('pool.state', { pool: draft.pool, state: status, ...(reason === undefined ? {} : { reason }) });
}
