import type { ApplicationState } from '@poolhouse/contract';
import { firstComer, wantPlaces } from './decisions/demand.ts';
import { exited, killWatchdogMs } from './decisions/exit.ts';
import { restartableSlots } from './recycling/restartable-slots.ts';
import { dueRecycle, recycleFlag } from './recycling/recycle-policy.ts';
import type { Draft } from './draft.ts';
import { idleSlots } from './idle.ts';
import { lateness, pingDue, pingOverdue } from './ping.ts';
import { blockedUntil } from './failure/rapid-fails-per-minute.ts';
import {
  isServing,
  samePlace,
  type Ending,
  type HostedApplication,
  type Place,
  type WorkerProcess,
} from './pool-state.ts';

/**
 * Brings what runs in line with what should run, in a fixed order:
 *
 *   1. time out    end what has used up its time to start, to drain, to stop
 *   2. ping        ask workers for a sign of life; condemn those that give none
 *   3. recycle     raise the generation of slots that are due (age, requests, memory, schedule, order)
 *   4. idle        retire slots without work, if the gateways agree
 *   5. fill        want what must always run
 *   6. launch      start a process for each wanted place that has none of its generation
 *   7. retire      let go of older generations once the new one runs, and of what nobody wants
 *   8. end         ask drained processes to end
 *   9. publish     tell the gateways what changed
 *
 * Steps 2 to 4 only act on a tick.
 */
export function reconcile(draft: Draft, isTick: boolean): void {
  timeOut(draft);
  if (isTick) {
    ping(draft);
    recycleDue(draft);
    retireIdle(draft);
    draft.state.lastTickAt = draft.now;
  }
  takeNextSlot(draft);
  fill(draft);
  launch(draft);
  retire(draft);
  end(draft);
  publish(draft);
}

function timeOut(draft: Draft): void {
  for (const process of draft.state.processes) {
    if (process.deadline > draft.now) continue;
    const { startupTimeLimitMs } = draft.state.settings.processModel;
    const limitMs =
      process.helloAt === undefined
        ? startupTimeLimitMs
        : (draft.application(process.application)?.startupLimitMs ?? 0);
    switch (process.phase) {
      case 'launching':
      case 'starting':
        if (process.kind === 'worker') draft.report('worker.startup.timeout', { ...draft.about(process), limitMs });
        draft.setProcess(process.id, { ending: 'startup-timeout' });
        exited(draft, process.id, {
          stage: 'time',
          message: `it did not start within ${limitMs / 1000} seconds`,
          critical: false,
        });
        break;
      case 'retiring':
        draft.report('worker.shutdown.timeout', {
          ...draft.about(process),
          ...{ limitMs: draft.state.settings.processModel.shutdownTimeLimitMs, activeRequests: process.active },
        });
        cut(draft, process);
        break;
      case 'stopping':
        draft.report('app.shutdown.failed', {
          ...{ application: process.application, pool: draft.pool, pid: process.pid ?? 0 },
          ...{ limitMs: stopLimit(draft, process) },
        });
        kill(draft, process);
        break;
      case 'killing':
        draft.state.processes = draft.state.processes.filter((other) => other.id !== process.id);
        break;
      case 'running':
      case 'drained':
        break;
    }
  }
}

/** Its time for requests is over. A worker is killed; an app process may still end in its own way, without them. */
function cut(draft: Draft, process: WorkerProcess): void {
  if (process.kind === 'worker') return kill(draft, process);
  draft.remove(process.id);
  draft.setProcess(process.id, { phase: 'drained', active: 0 });
}

function kill(draft: Draft, process: WorkerProcess): void {
  draft.setProcess(process.id, { phase: 'killing', deadline: draft.now + killWatchdogMs });
  draft.remove(process.id);
  draft.effects.push({ type: 'kill', process: process.id });
}

function ping(draft: Draft): void {
  const { processModel } = draft.state.settings;
  if (!processModel.pingingEnabled) return;
  const late = lateness(draft.state.lastTickAt, draft.now);
  for (const process of draft.state.processes) {
    if (process.phase !== 'running' || draft.application(process.application)?.channel !== true) continue;
    if (late > 0 && process.pingSentAt !== undefined)
      draft.setProcess(process.id, { pingSentAt: process.pingSentAt + late });
    const lateMs = pingOverdue(draft.process(process.id) ?? process, processModel.pingResponseTimeMs, draft.now);
    if (lateMs !== undefined) {
      draft.report('worker.ping.timeout', { ...draft.about(process), lateMs });
      draft.setProcess(process.id, { ending: 'ping' });
      exited(draft, process.id, {
        stage: 'time',
        message: `it did not answer a ping for ${lateMs / 1000} seconds`,
        critical: false,
      });
    } else if (pingDue(process, processModel.pingIntervalMs, draft.now)) {
      draft.setProcess(process.id, { pingSentAt: draft.now, lastPingAt: draft.now });
      draft.effects.push({ type: 'ping', process: process.id });
    }
  }
}

function recycleDue(draft: Draft): void {
  for (const process of draft.state.processes) {
    if (process.phase !== 'running' || draft.place(process)?.generation !== process.generation) continue;
    if (draft.state.recycleNext.includes(process.slot)) continue;
    const due = dueRecycle(draft.state.settings, process, draft.now, draft.state.lastTickAt);
    if (due === undefined) continue;
    draft.state.recycleNext = [...draft.state.recycleNext, process.slot];
    if (draft.state.settings.recycling.logEventOnRecycle.includes(recycleFlag[due.reason])) {
      draft.report('worker.recycle', { ...draft.about(process), ...due });
    }
  }
}

function retireIdle(draft: Draft): void {
  if (draft.now - draft.state.lastIdleCheckAt < draft.context.idleCheckMs) return;
  draft.state.lastIdleCheckAt = draft.now;
  for (const process of idleSlots(draft.state, draft.now)) {
    draft.report('worker.idle.terminated', { ...draft.about(process), idleMs: draft.now - process.lastActiveAt });
    startRetiring(draft, process, 'idle');
    draft.setPlaces((place) => samePlace(place, process), { wanted: false });
    draft.effects.push({
      type: 'announce',
      announcement: { add: [], retire: [process.id], remove: [], onlyIfIdle: true },
    });
  }
}

function takeNextSlot(draft: Draft): void {
  const [slot, ...rest] = restartableSlots(draft.state);
  if (slot === undefined) return;
  draft.state.recycleNext = rest;
  draft.state.generation += 1;
  draft.setPlaces((place) => place.slot === slot, { generation: draft.state.generation });
}

function fill(draft: Draft): void {
  const { settings, status, applications } = draft.state;
  if (status !== 'started' || settings.startMode !== 'AlwaysRunning') return;
  const slots = Math.max(1, settings.processModel.maxProcesses);
  for (const application of applications) {
    if (!mayFill(draft, application)) continue;
    for (let slot = 0; slot < slots; slot += 1) wantPlaces(draft, application, slot);
  }
}

function mayFill(draft: Draft, application: HostedApplication): boolean {
  if (application.id in draft.state.offline) return false;
  const failures = draft.failuresOf(application.id);
  if (failures.until > draft.now || firstComer(draft, application) !== undefined) return false;
  if (application.kind === 'worker') return true;
  return application.preload && blockedUntil(failures, application.rapidFailsPerMinute, draft.now) === undefined;
}

function launch(draft: Draft): void {
  if (draft.state.status !== 'started') return;
  for (const place of draft.state.places) {
    if (!place.wanted || place.notBefore > draft.now) continue;
    const own = draft.state.processes.filter((process) => samePlace(process, place));
    if (own.some((process) => isServing(process) && process.generation === place.generation)) continue;
    if (draft.state.settings.recycling.disallowOverlappingRotation && own.length > 0) continue;
    launchIn(draft, place);
  }
}

function launchIn(draft: Draft, place: Place): void {
  const { now } = draft;
  const process: WorkerProcess = {
    ...{ id: draft.context.nextProcessId(), slot: place.slot, application: place.application, ordinal: place.ordinal },
    ...{
      generation: place.generation,
      kind: draft.application(place.application)?.kind ?? 'app',
      phase: 'launching',
      pid: undefined,
    },
    ...{ spawnedAt: now, helloAt: undefined, readyAt: undefined, ending: undefined },
    ...{ deadline: now + draft.state.settings.processModel.startupTimeLimitMs },
    ...{ active: 0, served: 0, lastActiveAt: now, memoryBytes: undefined, pingSentAt: undefined, lastPingAt: now },
  };
  draft.state.processes = [...draft.state.processes, process];
  draft.effects.push({ type: 'launch', process });
}

function retire(draft: Draft): void {
  for (const process of draft.state.processes) {
    if (!isServing(process)) continue;
    const place = draft.place(process);
    const ending = place === undefined ? 'removed' : reasonToRetire(draft, process, place);
    if (ending === undefined) continue;
    if (process.phase === 'running') {
      startRetiring(draft, process, ending);
      draft.retire(process.id);
    } else {
      // It serves nobody yet: no need to ask.
      draft.setProcess(process.id, { phase: 'drained', deadline: retireBy(draft), ending });
    }
  }
}

function reasonToRetire(draft: Draft, process: WorkerProcess, place: Place): Ending | undefined {
  if (draft.state.status !== 'started') return 'stop';
  if (draft.application(process.application) === undefined) return 'removed';
  if (process.generation < place.generation) {
    const replaced = draft.state.processes.some(
      (other) => samePlace(other, process) && other.generation === place.generation && other.phase === 'running',
    );
    const superseded =
      process.phase !== 'running' || replaced || draft.state.settings.recycling.disallowOverlappingRotation;
    return superseded ? 'recycle' : undefined;
  }
  if (place.wanted) return undefined;
  return process.application in draft.state.offline ? 'stop' : 'idle';
}

function startRetiring(draft: Draft, process: WorkerProcess, ending: Ending): void {
  draft.setProcess(process.id, { phase: 'retiring', ending, deadline: retireBy(draft) });
}

function retireBy(draft: Draft): number {
  return draft.now + draft.state.settings.processModel.shutdownTimeLimitMs;
}

function end(draft: Draft): void {
  for (const process of draft.state.processes) {
    if (process.phase !== 'drained') continue;
    const limitMs = stopLimit(draft, process);
    draft.setProcess(process.id, { phase: 'stopping', deadline: draft.now + limitMs });
    draft.effects.push({ type: 'end', process: process.id, limitMs });
  }
  if (draft.state.status === 'stopping' && draft.state.processes.length === 0) {
    draft.state.status = 'stopped';
    draft.report('pool.state', {
      pool: draft.pool,
      state: 'stopped',
      ...(draft.state.reason === undefined ? {} : { reason: draft.state.reason }),
    });
  }
}

/** A worker has what is left of the pool's limit, an app process the limit of its own section. */
function stopLimit(draft: Draft, process: WorkerProcess): number {
  const application = draft.application(process.application);
  if (application?.channel !== true) return application?.shutdownLimitMs ?? 0;
  return Math.max(shortestStopMs, process.deadline - draft.now);
}

/** Enough to run the handlers of SIGTERM when draining used up the time, milliseconds. */
const shortestStopMs = 1_000;

function publish(draft: Draft): void {
  const announcement = draft.takeAnnouncement();
  if (announcement !== undefined) draft.effects.push({ type: 'announce', announcement });
  for (const application of draft.state.applications) {
    const state = applicationState(draft, application.id);
    if (draft.state.published[application.id] === state) continue;
    draft.state.published = { ...draft.state.published, [application.id]: state };
    if (state === 'failed') continue;
    const offlinePage = draft.state.offline[application.id];
    const page = offlinePage === undefined ? {} : { offlinePage };
    draft.effects.push({ type: 'applicationState', state: { id: application.id, state, ...page } });
  }
}

function applicationState(draft: Draft, application: string): ApplicationState['state'] {
  if (application in draft.state.offline) return 'offline';
  const own = draft.state.processes.filter((process) => process.application === application);
  if (own.some((process) => process.phase === 'running')) return 'available';
  const { failure, until } = draft.failuresOf(application);
  if (failure !== undefined && until > draft.now) return 'failed';
  return own.some(isServing) || draft.state.places.some((place) => place.application === application && place.wanted)
    ? 'starting'
    : 'available';
}
