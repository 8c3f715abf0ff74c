import { mixedHosting, secondInProcess, startFailure } from '../failure/start-failure.ts';
import { blockedUntil } from '../failure/rapid-fails-per-minute.ts';
import type { Draft } from '../draft.ts';
import { isServing, samePlace, slotCount, type HostedApplication, type Place } from '../pool-state.ts';
import { failRequests } from './fail-requests.ts';

/**
 * A gateway holds requests of an application and has no process to give them to (`none`), or only busy
 * ones for a while (`busy`: a web garden may grow by a slot).
 */
export function demand(draft: Draft, applicationId: string, reason: 'none' | 'busy'): void {
  const application = draft.application(applicationId);
  if (application === undefined || draft.state.status !== 'started' || application.offlinePage !== undefined) return;
  const { failure, until } = draft.failuresOf(applicationId);
  if (failure !== undefined && until > draft.now) return failRequests(draft, application, failure, until);
  if (refusedByFirstComer(draft, application) || refusedByRapidFails(draft, application)) return;
  const slot = reason === 'none' ? 0 : freeSlot(draft, application);
  if (slot !== undefined) wantPlaces(draft, application, slot);
}

/** Makes sure that every place of an application in a slot is wanted. */
export function wantPlaces(draft: Draft, application: HostedApplication, slot: number): void {
  for (let ordinal = 0; ordinal < application.processesPerApplication; ordinal += 1) {
    const seat = { slot, application: application.id, ordinal };
    if (draft.place(seat) === undefined) {
      const place: Place = { ...seat, generation: draft.state.generation, wanted: true, attempts: 0, notBefore: 0 };
      draft.state.places = [...draft.state.places, place];
    } else {
      draft.setPlaces((place) => samePlace(place, seat), { wanted: true });
    }
  }
}

/** The lowest slot without the application, while none of its processes is just starting. */
function freeSlot(draft: Draft, application: HostedApplication): number | undefined {
  const own = draft.state.processes.filter((process) => process.application === application.id && isServing(process));
  if (own.some((process) => process.phase !== 'running')) return undefined;
  for (let slot = 0; slot < slotCount(draft.state.settings); slot += 1)
    if (!own.some((process) => process.slot === slot)) return slot;
  return undefined;
}

/**
 * The application of the pool that came first and leaves no room for this one: in-process hosting takes the
 * worker for itself, so there is one such application per pool, and no other model beside it.
 */
export function firstComer(draft: Draft, application: HostedApplication): HostedApplication | undefined {
  return draft.state.places
    .filter(
      (place) =>
        place.application !== application.id &&
        (place.wanted || draft.state.processes.some((process) => samePlace(process, place))),
    )
    .map((place) => draft.application(place.application))
    .find((first) => first !== undefined && (first.model !== application.model || first.model === 'inprocess'));
}

function refusedByFirstComer(draft: Draft, application: HostedApplication): boolean {
  const other = firstComer(draft, application);
  if (other === undefined) return false;
  const mixed = other.model !== application.model;
  const fields = { application: application.id, pool: draft.pool, other: other.id };
  draft.report(mixed ? 'app.mixed_hosting' : 'app.second_in_process', fields);
  failRequests(draft, application, mixed ? mixedHosting : secondInProcess, draft.now);
  return true;
}

function refusedByRapidFails(draft: Draft, application: HostedApplication): boolean {
  if (application.kind !== 'app') return false;
  const until = blockedUntil(draft.failuresOf(application.id), application.rapidFailsPerMinute, draft.now);
  if (until === undefined) return false;
  draft.report('app.start.refused', {
    application: application.id,
    pool: draft.pool,
    limit: application.rapidFailsPerMinute,
  });
  const message = `it failed more than ${application.rapidFailsPerMinute} times within a minute`;
  failRequests(draft, application, startFailure(application, { stage: 'exit', message, critical: true }), until);
  return true;
}
