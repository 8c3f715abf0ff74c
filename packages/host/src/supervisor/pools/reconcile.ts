import type { ApplicationState } from '@poolhouse/contract';
import { hasSeat } from './decisions/configured.ts';
import { firstComer, wantPlaces } from './decisions/demand.ts';
import { condemned } from './decisions/exit.ts';
import { kill } from './decisions/kill.ts';
import { dueRecycle, recycleFlag } from './recycling/recycle-policy.ts';
import { restartableSlots } from './recycling/restartable-slots.ts';
import { dueSchedule, seenFrom } from './recycling/schedule.ts';
import type { Draft } from './draft.ts';
import { idleSlots } from './idle.ts';
import { lateness, pingDue, pingOverdue } from './ping.ts';
import { blockedUntil } from './failure/rapid-fails-per-minute.ts';
import {
  alwaysRuns,
  isServing,
  samePlace,
  slotCount,
  type Ending,
  type HostedApplication,
  type Place,
  type WorkerProcess,
} from './pool-state.ts';
import { stopReserve, timeToEnd } from './stop-time.ts';

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
    if (process.deadline > draft.now || process.debugged) continue;
    switch (process.phase) {
      case 'launching':
      case 'starting':
        notStarted(draft, process);
        break;
      case 'retiring':
        draft.report('worker.shutdown.timeout', {
          ...draft.about(process),
          ...{ limitMs: timeOf(process), activeRequests: process.active },
        });
        draft.setProcess(process.id, { phase: 'drained' });
        break;
      case 'stopping':
        draft.report('app.shutdown.failed', {
          ...{ application: process.application, pool: draft.pool, pid: process.pid ?? 0 },
          ...{ limitMs: Math.min(timeOf(process), process.hosting.shutdownLimitMs) },
        });
        kill(draft, process);
        break;
      case 'killing':
        draft.report('worker.kill.failed', draft.about(process));
        draft.dropProcess(process.id);
        break;
      case 'running':
      case 'drained':
        break;
    }
  }
}

/** What it was given to end, its requests included, milliseconds. */
function timeOf({ retired }: WorkerProcess): number {
  return retired === undefined ? 0 : retired.endBy - retired.at;
}

function notStarted(draft: Draft, process: WorkerProcess): void {
  const { startupTimeLimitMs } = draft.state.settings.processModel;
  const limitMs = process.helloAt === undefined ? startupTimeLimitMs : process.hosting.startupLimitMs;
  if (process.hosting.kind === 'worker') draft.report('worker.startup.timeout', { ...draft.about(process), limitMs });
  const what = process.hosting.channel ? 'start' : 'listen on 127.0.0.1 and the port in ASPNETCORE_PORT (also PORT)';
  const message = `it did not ${what} within ${limitMs / 1000} s`;
  condemned(draft, process.id, 'startup-timeout', { stage: 'time', message, critical: false });
}

function ping(draft: Draft): void {
  const { processModel } = draft.state.settings;
  if (!processModel.pingingEnabled) return;
  const late = lateness(draft.state.lastTickAt, draft.now);
  for (const { id } of draft.state.processes) {
    const process = draft.process(id);
    if (process?.phase !== 'running' || !process.hosting.channel || process.debugged) continue;
    const sentAt = process.pingSentAt === undefined ? undefined : process.pingSentAt + late;
    if (late > 0) draft.setProcess(id, { pingSentAt: sentAt });
    const lateMs = pingOverdue({ ...process, pingSentAt: sentAt }, processModel.pingResponseTimeMs, draft.now);
    if (lateMs !== undefined) {
      draft.report('worker.ping.timeout', { ...draft.about(process), lateMs });
      const message = `it did not answer a ping for ${lateMs / 1000} seconds`;
      condemned(draft, id, 'ping', { stage: 'time', message, critical: false });
    } else if (pingDue(process, processModel.pingIntervalMs, draft.now)) {
      draft.setProcess(id, { pingSentAt: draft.now, lastPingAt: draft.now });
      draft.effects.push({ type: 'ping', process: id });
    }
  }
}

function recycleDue(draft: Draft): void {
  const entry = scheduledNow(draft);
  for (const process of draft.state.processes) {
    if (process.phase !== 'running' || draft.place(process)?.generation !== process.generation) continue;
    if (draft.state.recycleNext.includes(process.slot)) continue;
    const due = dueRecycle(draft.state.settings, process, draft.now, entry);
    if (due === undefined) continue;
    draft.state.recycleNext = [...draft.state.recycleNext, process.slot];
    if (draft.state.settings.recycling.logEventOnRecycle.includes(recycleFlag[due.reason])) {
      draft.report('worker.recycle', { ...draft.about(process), ...due });
    }
  }
}

/** The entry of the schedule that has come since the last look; the clock on the wall may have been set back. */
function scheduledNow(draft: Draft): string | undefined {
  const { wallClock } = draft.context;
  const from = seenFrom(draft.state.scheduleSeenUntil, wallClock);
  draft.state.scheduleSeenUntil = Math.max(from, wallClock);
  return dueSchedule(draft.state.settings.recycling.periodicRestart.scheduleMinutes, from, wallClock);
}

function retireIdle(draft: Draft): void {
  if (draft.now - draft.state.lastIdleCheckAt < draft.context.idleCheckMs) return;
  draft.state.lastIdleCheckAt = draft.now;
  for (const process of idleSlots(draft.state, draft.now)) {
    draft.report('worker.idle.terminated', { ...draft.about(process), idleMs: draft.now - process.lastActiveAt });
    startRetiring(draft, process, 'idle', undefined);
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
  if (status !== 'started') return;
  for (const application of applications) {
    if (!mayFill(draft, application)) continue;
    for (let slot = 0; slot < slotCount(settings); slot += 1) {
      if (alwaysRuns(settings, application) || isUsed(draft, application, slot)) wantPlaces(draft, application, slot);
    }
  }
}

/** The processes of an application in a slot come together: requests would not ask for one that is missing. */
function isUsed({ state }: Draft, { id, processesPerApplication }: HostedApplication, slot: number): boolean {
  return (
    processesPerApplication > 1 &&
    state.places.some((place) => place.application === id && place.slot === slot && place.wanted)
  );
}

function mayFill(draft: Draft, application: HostedApplication): boolean {
  if (application.offlinePage !== undefined) return false;
  const failures = draft.failuresOf(application.id);
  if (failures.until > draft.now || firstComer(draft, application) !== undefined) return false;
  if (application.kind === 'worker') return true;
  return blockedUntil(failures, application.rapidFailsPerMinute, draft.now) === undefined;
}

function launch(draft: Draft): void {
  if (draft.state.status !== 'started') return;
  for (const place of draft.state.places) {
    const application = draft.application(place.application);
    if (application === undefined || !place.wanted || place.notBefore > draft.now) continue;
    const own = draft.state.processes.filter((process) => samePlace(process, place));
    if (own.some((process) => isServing(process) && process.generation === place.generation)) continue;
    if (draft.state.settings.recycling.disallowOverlappingRotation && own.length > 0) continue;
    launchIn(draft, place, application);
  }
}

function launchIn(draft: Draft, place: Place, hosting: HostedApplication): void {
  const { now } = draft;
  const process: WorkerProcess = {
    ...{ id: draft.context.nextProcessId(), slot: place.slot, application: place.application, ordinal: place.ordinal },
    ...{ generation: place.generation, hosting, phase: 'launching', pid: undefined },
    ...{ spawnedAt: now, helloAt: undefined, readyAt: undefined, retired: undefined, ending: undefined },
    ...{ deadline: now + draft.state.settings.processModel.startupTimeLimitMs, debugged: false },
    ...{ active: 0, served: 0, lastActiveAt: now, memoryBytes: undefined, pingSentAt: undefined, lastPingAt: now },
  };
  draft.state.processes = [...draft.state.processes, process];
  draft.effects.push({ type: 'launch', process });
}

function retire(draft: Draft): void {
  for (const process of draft.state.processes) {
    if (!isServing(process)) continue;
    const ending = reasonToRetire(draft, process);
    if (ending === undefined) continue;
    const application = draft.application(process.application);
    startRetiring(draft, process, ending, application?.offlinePage);
    if (process.phase === 'running') draft.retire(process.id);
    // It serves nobody yet: no need to ask.
    else draft.setProcess(process.id, { phase: 'drained' });
  }
}

function reasonToRetire(draft: Draft, process: WorkerProcess): Ending | undefined {
  if (draft.state.status !== 'started') return 'stop';
  const application = draft.application(process.application);
  const place = draft.place(process);
  if (application === undefined || place === undefined) return 'removed';
  if (!place.wanted) return application.offlinePage === undefined ? 'idle' : 'stop';
  const alone = draft.state.settings.recycling.disallowOverlappingRotation || process.phase !== 'running';
  const superseded = process.generation < place.generation && alone;
  return superseded || isReplaced(draft, process, place) ? 'recycle' : undefined;
}

/** Of two that run in a place the later stays; one that is only starting stays unless it is the same again. */
function isReplaced(draft: Draft, process: WorkerProcess, place: Place): boolean {
  return draft.state.processes.some(
    (other) =>
      samePlace(other, process) &&
      other.phase === 'running' &&
      (process.phase === 'running' ? other.id > process.id : other.generation === place.generation),
  );
}

function startRetiring(draft: Draft, process: WorkerProcess, ending: Ending, offlinePage: string | undefined): void {
  const endBy = draft.now + timeToEnd(draft.state.settings, process.hosting, offlinePage !== undefined);
  const deadline = endBy - stopReserve(endBy - draft.now, process.hosting);
  draft.setProcess(process.id, { phase: 'retiring', ending, deadline, retired: { at: draft.now, endBy } });
}

function end(draft: Draft): void {
  for (const process of draft.state.processes) {
    if (process.phase !== 'drained') continue;
    const left = (process.retired?.endBy ?? draft.now) - draft.now;
    const limitMs = Math.min(process.hosting.shutdownLimitMs, left);
    if (limitMs <= 0 && !process.debugged) {
      kill(draft, process);
      continue;
    }
    // Half for requests that are nearly done, half for the handlers that end the others.
    const answers = process.deadline > draft.now ? {} : { answersMs: limitMs / 2 };
    draft.setProcess(process.id, { phase: 'stopping', deadline: draft.now + limitMs });
    draft.effects.push({
      ...{ type: 'end', process: process.id, limitMs: process.debugged ? longestMs : limitMs },
      ...answers,
    });
  }
  draft.state.places = draft.state.places.filter(
    (place) =>
      hasSeat(draft, place.slot, place.application, place.ordinal) ||
      draft.state.processes.some((process) => samePlace(process, place)),
  );
  if (draft.state.status === 'stopping' && draft.state.processes.length === 0) {
    draft.state.status = 'stopped';
    draft.report('pool.state', {
      pool: draft.pool,
      state: 'stopped',
      ...(draft.state.reason === undefined ? {} : { reason: draft.state.reason }),
    });
  }
}

/** As long as a timer of Node.js can be, 24 days. */
const longestMs = 2 ** 31 - 1;

function publish(draft: Draft): void {
  const announcement = draft.takeAnnouncement();
  if (announcement !== undefined) draft.effects.push({ type: 'announce', announcement });
  for (const application of draft.state.applications) {
    const state = applicationState(draft, application);
    if (draft.state.published[application.id] === state) continue;
    draft.state.published = { ...draft.state.published, [application.id]: state };
    if (state === 'failed') continue;
    const { offlinePage } = application;
    const page = offlinePage === undefined ? {} : { offlinePage };
    draft.effects.push({ type: 'applicationState', state: { id: application.id, state, ...page } });
  }
}

function applicationState(
  draft: Draft,
  { id: application, offlinePage }: HostedApplication,
): ApplicationState['state'] {
  if (offlinePage !== undefined) return 'offline';
  const own = draft.state.processes.filter((process) => process.application === application);
  if (own.some((process) => process.phase === 'running')) return 'available';
  const { failure, until } = draft.failuresOf(application);
  if (failure !== undefined && until > draft.now) return 'failed';
  return own.some(isServing) || draft.state.places.some((place) => place.application === application && place.wanted)
    ? 'starting'
    : 'available';
}
