import type { RequestFailure } from '@poolhouse/contract';
import type { Draft } from '../draft.ts';
import type { HostedApplication } from '../pool-state.ts';

/**
 * Answers the waiting requests of an application with a failure, and every later one until a time; with a
 * time that has come, the next request tries again.
 */
export function failRequests(
  draft: Draft,
  application: HostedApplication,
  failure: RequestFailure,
  until: number,
): void {
  draft.setFailures(application.id, { failure, until });
  draft.effects.push({ type: 'applicationState', state: { id: application.id, state: 'failed', failure } });
  draft.state.published = { ...draft.state.published, [application.id]: 'failed' };
}
