import { countCrash, failedStartPause, failuresInARow, restartPause } from '../failure/rapid-fail.ts';
import { countApplicationFailure } from '../failure/rapid-fails-per-minute.ts';
import { startFailure } from '../failure/start-failure.ts';
import type { StartProblem } from '../failure/start-problem.ts';
import type { Draft } from '../draft.ts';
import { isServing, samePlace, type HostedApplication, type WorkerProcess } from '../pool-state.ts';
import { failRequests } from './fail-requests.ts';
import { stopPool } from './orders.ts';

/** Start attempts of an out-of-process application before its requests are answered. */
const startAttempts = 2;

/**
 * A process has ended, or is condemned (`ending` says why) and will be killed by `reconcile`.
 *
 *   asked to end            nothing to decide
 *   before it was ready     a failed start
 *   while it ran            a crash, exit code 0 included
 */
export function exited(draft: Draft, id: number, problem: StartProblem): void {
  const process = draft.process(id);
  if (process === undefined) return;
  const asked = !isServing(process);
  const condemned = !asked && process.ending !== undefined;
  if (condemned) {
    draft.setProcess(id, { phase: 'killing', deadline: draft.now + killWatchdogMs });
    draft.effects.push({ type: 'kill', process: id });
  } else {
    draft.state.processes = draft.state.processes.filter((other) => other.id !== id);
  }
  draft.remove(id);
  noteExit(draft, process, problem, asked);
  if (asked) return reportEnd(draft, process);
  if (process.readyAt === undefined) return failedStart(draft, process, problem);
  crashed(draft, process, problem);
}

export function launchFailed(draft: Draft, id: number, problem: StartProblem): void {
  const process = draft.process(id);
  if (process === undefined) return;
  draft.state.processes = draft.state.processes.filter((other) => other.id !== id);
  draft.report('worker.spawn.failed', {
    pool: draft.pool,
    slot: process.slot,
    program: process.application,
    error: problem.message,
  });
  failedStart(draft, process, problem);
}

/** A process that does not die of SIGKILL (a disk that does not answer) is given up after this, milliseconds. */
export const killWatchdogMs = 5_000;

function noteExit(draft: Draft, process: WorkerProcess, problem: StartProblem, asked: boolean): void {
  const unexpected = process.readyAt === undefined ? 'failed start' : 'crash';
  draft.state.lastExit = {
    ...{ at: draft.now, pid: process.pid ?? 0, code: problem.code ?? null, signal: problem.signal ?? null },
    reason: process.ending ?? (asked ? 'stop' : unexpected),
  };
  if (!asked) draft.state.restarts += 1;
}

function reportEnd(draft: Draft, process: WorkerProcess): void {
  draft.report('worker.stopped', { ...draft.about(process), reason: process.ending ?? 'stop' });
}

function crashed(draft: Draft, process: WorkerProcess, problem: StartProblem): void {
  const application = draft.application(process.application);
  // The end of an app process is the module's business, not that of the process activation service.
  if (process.ending === undefined && process.kind === 'worker') {
    draft.report('worker.exit.unexpected', {
      ...draft.about(process),
      ...exitOf(problem),
      uptimeMs: draft.now - process.spawnedAt,
    });
  }
  if (application === undefined) return;
  if (application.model === 'inprocess' && process.ending === undefined && problem.code !== 0 && problem.output) {
    draft.report('app.exception', { ...aboutApplication(draft, process), error: problem.output });
  }
  if (application.kind === 'app')
    draft.report('app.exited', {
      application: application.id,
      pool: draft.pool,
      pid: process.pid ?? 0,
      ...exitOf(problem),
    });
  const { inARow, lastAt } = failuresInARow(draft.failuresOf(application.id), draft.now);
  draft.setFailures(application.id, { inARow, lastAt });
  // The next request asks for a new one; only what must always run comes back by itself.
  draft.setPlaces((place) => samePlace(place, process) && place.generation === process.generation, {
    wanted: comesBackByItself(draft, application),
    notBefore: draft.now + (draft.state.settings.failure.rapidFailProtection ? 0 : restartPause(inARow)),
  });
  countFailure(draft, application, problem);
}

function failedStart(draft: Draft, process: WorkerProcess, problem: StartProblem): void {
  const application = draft.application(process.application);
  const place = draft.place(process);
  if (application === undefined || place === undefined) return;
  const attempts = place.attempts + 1;
  draft.report('app.start.attempt_failed', {
    ...{ application: application.id, pool: draft.pool },
    ...{ attempt: attempts, stage: problem.stage, error: problem.message },
  });
  const again = application.kind === 'app' && attempts < startAttempts && !problem.critical;
  if (again) return draft.setPlaces((each) => samePlace(each, process), { attempts });
  startGivenUp(draft, application, process, problem);
}

function startGivenUp(
  draft: Draft,
  application: HostedApplication,
  process: WorkerProcess,
  problem: StartProblem,
): void {
  const fields = { application: application.id, pool: draft.pool, error: problem.message };
  const output = problem.output === undefined ? {} : { output: problem.output };
  draft.report(application.model === 'inprocess' ? 'app.in_process.start_failed' : 'app.start.failed', {
    ...fields,
    ...output,
  });
  const { inARow, lastAt } = failuresInARow(draft.failuresOf(application.id), draft.now);
  draft.setFailures(application.id, { inARow, lastAt });
  countFailure(draft, application, problem);
  const older = draft.state.processes.find((other) => other.phase === 'running' && samePlace(other, process));
  if (older !== undefined) {
    draft.report('worker.recycle.overlap_failed', {
      ...draft.about(older),
      step: problem.stage,
      error: problem.message,
    });
    return draft.setPlaces((place) => samePlace(place, process), {
      attempts: 0,
      notBefore: draft.now + failedStartPause(inARow),
    });
  }
  const until = failureStands(draft, application, problem, inARow);
  const wanted = comesBackByItself(draft, application);
  draft.setPlaces((place) => samePlace(place, process), {
    ...{ attempts: 0, wanted },
    notBefore: wanted ? Math.max(until, draft.now + restartPause(inARow)) : until,
  });
  const serving = draft.state.processes.some(
    (other) => other.application === application.id && other.phase === 'running',
  );
  if (!serving) failRequests(draft, application, startFailure(application, problem), until);
}

/**
 * Until when a failed start answers for itself. Out-of-process the next request tries again, as the module
 * does. In-process the failure stands: for good when only a change can mend it (an app process under the
 * in-process contract), else for a growing pause, so that rapid-fail protection is not used up at once.
 */
function failureStands(draft: Draft, application: HostedApplication, problem: StartProblem, inARow: number): number {
  if (application.kind === 'app') return draft.now;
  if (!application.channel && problem.stage !== 'time') return Infinity;
  return draft.now + failedStartPause(inARow);
}

function countFailure(draft: Draft, application: HostedApplication, problem: StartProblem): void {
  if (application.kind === 'app')
    return draft.setFailures(application.id, countApplicationFailure(draft.failuresOf(application.id), draft.now));
  const policy = draft.state.settings.failure;
  const { crashes, disable } = countCrash(draft.state.crashes, draft.now, policy);
  draft.state.crashes = crashes;
  if (!disable || draft.state.status !== 'started') return;
  draft.report('pool.disabled.rapid_fail', {
    ...{ pool: draft.pool, count: crashes.length },
    ...{ intervalMs: policy.rapidFailProtectionIntervalMs, lastExit: problem.message },
  });
  stopPool(draft, 'AppOffline');
}

function comesBackByItself(draft: Draft, application: HostedApplication): boolean {
  return draft.state.settings.startMode === 'AlwaysRunning' && (application.kind === 'worker' || application.preload);
}

function aboutApplication(
  draft: Draft,
  { application, pid }: WorkerProcess,
): { application: string; pool: string; pid: number } {
  return { application, pool: draft.pool, pid: pid ?? 0 };
}

function exitOf(problem: StartProblem): { code?: number; signal?: string } {
  return {
    ...(problem.code === undefined ? {} : { code: problem.code }),
    ...(problem.signal === undefined ? {} : { signal: problem.signal }),
  };
}
