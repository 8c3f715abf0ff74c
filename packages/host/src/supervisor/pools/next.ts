import { demand } from './decisions/demand.ts';
import { configured } from './decisions/configured.ts';
import { condemned, exited, launchFailed } from './decisions/exit.ts';
import { recycle, restartApplication, startPool, stopPool } from './decisions/orders.ts';
import { retireAnswered } from './decisions/retire-answer.ts';
import { Draft, type DecisionContext } from './draft.ts';
import type { PoolEffect, PoolEvent } from './pool-event.ts';
import { samePlace, type PoolState } from './pool-state.ts';
import { reconcile } from './reconcile.ts';

/**
 * The life of a pool as one pure function: what happened → what is now true, and what to do.
 *
 *   1. take in the event: a fact about a process, a wish of a gateway or of a person
 *   2. `reconcile`: compare what should run with what runs, in a fixed order
 *
 * A lost or late event can only delay a replacement, never lose one, because every event and every tick
 * ends in step 2.
 */
export function next(
  state: PoolState,
  event: PoolEvent,
  context: DecisionContext,
): { state: PoolState; effects: readonly PoolEffect[] } {
  const draft = new Draft(state, context);
  takeIn(draft, event);
  reconcile(draft, event.type === 'tick');
  return { state: draft.state, effects: draft.effects };
}

function takeIn(draft: Draft, event: PoolEvent): void {
  switch (event.type) {
    case 'tick':
      return;
    case 'demand':
      return demand(draft, event.application, event.reason);
    case 'counters':
      return draft.setProcess(event.process, {
        active: event.active,
        served: event.served,
        lastActiveAt: event.lastActiveAt,
      });
    case 'memory':
      return draft.setProcess(event.process, { memoryBytes: { resident: event.resident, private: event.private } });
    case 'pong':
      return draft.setProcess(event.process, { pingSentAt: undefined });
    case 'debugger':
      return debuggerSeen(draft, event.process, event.attached);
    case 'drained':
    case 'busy':
      return retireAnswered(draft, event.process, event.type);
    case 'launched':
      return launched(draft, event.process, event.pid);
    case 'hello':
      return hello(draft, event.process);
    case 'ready':
      return ready(draft, event.process);
    case 'exited':
      return exited(draft, event.process, event.problem);
    case 'launchFailed':
      return launchFailed(draft, event.process, event.problem);
    case 'condemned':
      return condemned(draft, event.process, event.ending, event.problem);
    case 'start':
      return startPool(draft);
    case 'stop':
      return stopPool(draft, event.reason);
    case 'recycle':
      return recycle(draft, event.reason);
    case 'restartApplication':
      return restartApplication(draft, event.application, event.reason);
    case 'configured':
      return configured(draft, event.settings, event.applications);
  }
}

function launched(draft: Draft, id: number, pid: number): void {
  const process = draft.process(id);
  if (process?.phase !== 'launching') return draft.setProcess(id, { pid });
  const { channel, startupLimitMs } = process.hosting;
  // A worker that speaks the channel must say hello within the pool's limit; any other is alive as soon as it runs.
  const limit = channel ? draft.state.settings.processModel.startupTimeLimitMs : startupLimitMs;
  draft.setProcess(id, {
    phase: 'starting',
    pid,
    deadline: draft.now + limit,
    helloAt: channel ? undefined : draft.now,
  });
  const reason = draft.state.processes.some((other) => other.id !== id && samePlace(other, process))
    ? 'replacement'
    : 'start';
  draft.report('worker.started', { ...draft.about({ ...process, pid }), reason });
}

function hello(draft: Draft, id: number): void {
  const process = draft.process(id);
  // Said twice it would put off the limit.
  if (process?.phase !== 'starting' || process.helloAt !== undefined) return;
  draft.setProcess(id, { helloAt: draft.now, deadline: draft.now + process.hosting.startupLimitMs });
}

function debuggerSeen(draft: Draft, id: number, attached: boolean): void {
  const process = draft.process(id);
  if (process === undefined || process.debugged === attached) return;
  draft.setProcess(id, { debugged: attached });
  if (attached) draft.report('worker.debugged', draft.about(process));
  // The gateways have a limit of their own.
  if (process.phase === 'running') draft.add(id);
}

function ready(draft: Draft, id: number): void {
  const process = draft.process(id);
  if (process?.phase !== 'starting') return;
  draft.setProcess(id, {
    phase: 'running',
    readyAt: draft.now,
    lastActiveAt: draft.now,
    lastPingAt: draft.now,
    deadline: Infinity,
  });
  draft.setPlaces((place) => samePlace(place, process), { attempts: 0, notBefore: 0 });
  draft.setFailures(process.application, { failure: undefined, until: 0 });
  draft.add(id);
  draft.report('worker.ready', { ...draft.about(process), startMs: Math.round(draft.now - process.spawnedAt) });
}
