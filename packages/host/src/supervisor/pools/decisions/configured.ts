import type { ApplicationPoolSettings } from '../../activation/revision.ts';
import type { Draft } from '../draft.ts';
import { slotCount, type HostedApplication } from '../pool-state.ts';

/** New settings; the processes that need new ones are renewed by orders of their own. */
export function configured(
  draft: Draft,
  settings: ApplicationPoolSettings,
  applications: readonly HostedApplication[],
): void {
  const before = draft.state.applications;
  draft.state.settings = settings;
  draft.state.applications = applications;
  for (const application of applications) {
    const known = before.find(({ id }) => id === application.id);
    if (known?.offlinePage !== application.offlinePage) turnOffline(draft, application);
  }
  forgetRemoved(draft);
  draft.setPlaces(({ slot, application, ordinal }) => !hasSeat(draft, slot, application, ordinal), { wanted: false });
}

/** With a page the application's processes end and none is started; without, the next request starts it from scratch. */
function turnOffline(draft: Draft, { id: application, offlinePage }: HostedApplication): void {
  draft.setFailures(application, { inARow: 0, failure: undefined, until: 0 });
  draft.setPlaces((place) => place.application === application, { wanted: false, attempts: 0, notBefore: 0 });
  const about = { application, pool: draft.pool };
  if (offlinePage === undefined) draft.report('app.online', about);
  else draft.report('app.offline', { ...about, file: offlinePage });
}

/**
 * An application of the same name that comes later starts without a past. What waits for a start that will not be
 * has its ordinary time again, unless another pool answers for the application.
 */
function forgetRemoved(draft: Draft): void {
  for (const [id, state] of Object.entries(draft.state.published)) {
    if (state === 'starting' && draft.application(id) === undefined)
      draft.effects.push({ type: 'applicationState', state: { id, state: 'available' } });
  }
  const kept = <Value>(byApplication: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(Object.entries(byApplication).filter(([id]) => draft.application(id) !== undefined));
  draft.state.failures = kept(draft.state.failures);
  draft.state.published = kept(draft.state.published);
}

/** A pool with fewer slots, or an application with fewer processes, gives up the highest. */
export function hasSeat(draft: Draft, slot: number, application: string, ordinal: number): boolean {
  const known = draft.application(application);
  return known !== undefined && slot < slotCount(draft.state.settings) && ordinal < known.processesPerApplication;
}
