import { countCrash, failedStartPause, failuresInARow, restartPause } from '../failure/rapid-fail.ts';
import { countApplicationFailure } from '../failure/rapid-fails-per-minute.ts';
import { startFailure } from '../failure/start-failure.ts';
import type { StartProblem } from '../failure/start-problem.ts';
import type { Draft } from '../draft.ts';
import {
  alwaysRuns,
  isServing,
  samePlace,
  type Ending,
  type HostedApplication,
  type WorkerProcess,
} from '../pool-state.ts';
import { failRequests } from './fail-requests.ts';
import { kill } from './kill.ts';
import { stopPool } from './orders.ts';

/** Start attempts of an out-of-process application before its requests are answered. */
const startAttempts = 2;

/**
 * A process has ended:
 *
 *   asked to end            nothing to decide
 *   before it was ready     a failed start
 *   while it ran            a crash, exit code 0 included
 */
export function exited(draft: Draft, id: number, problem: StartProblem): void {
  const process = draft.process(id);
  if (process === undefined) return;
  draft.dropProcess(id);
  draft.remove(id);
  const asked = !isServing(process);
  noteExit(draft, process, problem, asked);
  if (asked) draft.report('worker.stopped', { ...draft.about(process), reason: process.ending ?? 'stop' });
  else failed(draft, process, problem);
}

/**
 * A process that still runs has to go, for what it did or failed to do; that counts as its end. It stays in the
 * state until it is gone. One that was to end anyway only ends sooner.
 */
export function condemned(draft: Draft, id: number, ending: Ending, problem: StartProblem): void {
  const process = draft.process(id);
  if (process === undefined || process.phase === 'killing') return;
  kill(draft, process);
  if (!isServing(process)) return;
  draft.setProcess(id, { ending });
  const blamed = { ...process, ending };
  noteExit(draft, blamed, problem, false);
  failed(draft, blamed, problem);
}

function failed(draft: Draft, process: WorkerProcess, problem: StartProblem): void {
  if (process.readyAt === undefined) failedStart(draft, process, problem);
  else crashed(draft, process, problem);
}

export function launchFailed(draft: Draft, id: number, problem: StartProblem): void {
  const process = draft.process(id);
  if (process === undefined) return;
  draft.dropProcess(id);
  // Nobody waits for it any more: it was to end, or its failure was counted when its time was over.
  if (!isServing(process)) return;
  draft.report('worker.spawn.failed', {
    pool: draft.pool,
    slot: process.slot,
    program: process.application,
    error: problem.message,
  });
  failedStart(draft, process, problem);
}

function noteExit(draft: Draft, process: WorkerProcess, problem: StartProblem, asked: boolean): void {
  const unexpected = process.readyAt === undefined ? 'failed start' : 'crash';
  draft.state.lastExit = {
    ...{ at: draft.now, pid: process.pid ?? 0, code: problem.code ?? null, signal: problem.signal ?? null },
    reason: process.ending ?? (asked ? 'stop' : unexpected),
  };
  if (!asked) draft.state.restarts += 1;
}

function crashed(draft: Draft, process: WorkerProcess, problem: StartProblem): void {
  const application = draft.application(process.application);
  // The end of an app process is the module's business, not that of the process activation service.
  if (process.ending === undefined && process.hosting.kind === 'worker') {
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
    wanted: alwaysRuns(draft.state.settings, application),
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
  draft.state.failedStarts += 1;
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
  const wanted = alwaysRuns(draft.state.settings, application);
  const serving = draft.state.processes.some(
    (other) => other.application === application.id && other.phase === 'running',
  );
  // Of several processes the others serve: no request asks for this one, and none waits for it.
  const pause = wanted ? restartPause(inARow) : serving ? failedStartPause(inARow) : 0;
  draft.setPlaces((place) => samePlace(place, process), {
    ...{ attempts: 0, wanted },
    notBefore: Math.max(until, draft.now + pause),
  });
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
