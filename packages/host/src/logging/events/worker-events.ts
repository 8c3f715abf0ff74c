import { define } from '../event-definition.ts';
import { count, ending, seconds } from '../phrases.ts';

/** Of the processes of a pool. */
export const workerEvents = {
  'worker.started': define(
    'info',
    (e: WorkerFields & { reason: string }) => `pool ${e.pool}: ${worker(e)} started (${e.reason})`,
  ),
  'worker.ready': define(
    'info',
    (e: WorkerFields & { startMs: number }) => `pool ${e.pool}: ${worker(e)} serves after ${seconds(e.startMs)}`,
  ),
  'worker.warm': define(
    'info',
    (e: WorkerFields & { warmMs: number }) => `pool ${e.pool}: ${worker(e)} is warm after ${seconds(e.warmMs)}`,
  ),
  'worker.recycle': define(
    'info',
    (e: WorkerFields & { reason: string; detail?: string | undefined }) =>
      `pool ${e.pool}: ${worker(e)} is recycled: ${e.reason}${e.detail === undefined ? '' : ` (${e.detail})`}`,
    {
      reason: {
        time: 5074,
        requests: 5075,
        schedule: 5076,
        memory: 5077,
        unhealthy: 5078,
        ondemand: 5079,
        configchange: 5080,
        configstore: 5081,
        privatememory: 5117,
      },
    },
  ),
  'worker.recycle.overlap_failed': define(
    'warn',
    (e: WorkerFields & { step: string; error: string }) =>
      `pool ${e.pool}: the replacement of ${worker(e)} failed at ${e.step}, the old process keeps serving: ${e.error}`,
    5093,
  ),
  'worker.drained': define(
    'info',
    (e: WorkerFields & { drainMs: number }) =>
      `pool ${e.pool}: ${worker(e)} has no request left after ${seconds(e.drainMs)}`,
  ),
  'worker.stopped': define(
    'info',
    (e: WorkerFields & { reason: string }) => `pool ${e.pool}: ${worker(e)} has ended (${e.reason})`,
  ),
  'worker.exit.unexpected': define(
    'warn',
    (
      e: WorkerFields & {
        code?: number | undefined;
        signal?: string | undefined;
        oom?: boolean | undefined;
        uptimeMs: number;
        stderrTail?: string | undefined;
      },
    ) =>
      `pool ${e.pool}: ${worker(e)} ended unexpectedly after ${seconds(e.uptimeMs)} (${ending(e)}${e.oom === true ? ', out of memory' : ''})`,
    5009,
  ),
  'worker.spawn.failed': define(
    'error',
    (e: { pool: string; slot: number; program: string; error: string }) =>
      `pool ${e.pool}: slot ${e.slot} cannot start ${e.program}: ${e.error}`,
    5022,
  ),
  'worker.startup.timeout': define(
    'warn',
    (e: WorkerFields & { limitMs: number }) =>
      `pool ${e.pool}: ${worker(e)} did not start within startupTimeLimit (${seconds(e.limitMs)}) and is ended`,
    5012,
  ),
  'worker.shutdown.timeout': define(
    'warn',
    (e: WorkerFields & { limitMs: number; activeRequests: number; webSockets?: number | undefined }) =>
      `pool ${e.pool}: ${worker(e)} has ${count(e.activeRequests, 'request')} in its hands ` +
      `when shutdownTimeLimit (${seconds(e.limitMs)}) is over, and is ended`,
    5013,
  ),
  'worker.kill.failed': define(
    'error',
    (e: WorkerFields) =>
      `pool ${e.pool}: ${worker(e)} does not end though it was killed, as one that waits for a disk; ` +
      'its place is given to another',
  ),
  'worker.debugged': define(
    'info',
    (e: WorkerFields) => `pool ${e.pool}: ${worker(e)} may be in a debugger: no time limit acts on it`,
  ),
  'worker.ping.timeout': define(
    'warn',
    (e: WorkerFields & { lateMs: number }) =>
      `pool ${e.pool}: ${worker(e)} has not answered a ping for ${seconds(e.lateMs)}: its event loop is blocked`,
    5010,
  ),
  'worker.channel.error': define(
    'warn',
    (e: WorkerFields & { error: string }) => `pool ${e.pool}: the control channel of ${worker(e)} failed: ${e.error}`,
    5011,
  ),
  'worker.channel.untrusted': define(
    'error',
    (e: WorkerFields & { detail: string }) =>
      `pool ${e.pool}: ${worker(e)} broke the control protocol and is killed: ${e.detail}`,
    5127,
  ),
  'worker.channel.stop_timeout': define(
    'warn',
    (e: { pid: number; limitMs: number }) =>
      `gateway ${e.pid} did not release its requests within ${seconds(e.limitMs)}`,
    5138,
  ),
  'worker.idle.terminated': define(
    'info',
    (e: WorkerFields & { idleMs: number }) =>
      `pool ${e.pool}: ${worker(e)} is ended after ${seconds(e.idleMs)} without a request`,
    5186,
  ),
  'worker.idle.suspended': define(
    'info',
    (e: WorkerFields & { idleMs: number; reclaimedBytes?: number | undefined }) =>
      `pool ${e.pool}: ${worker(e)} is suspended after ${seconds(e.idleMs)} without a request`,
  ),
  'worker.idle.resumed': define(
    'info',
    (e: WorkerFields & { resumeMs: number }) => `pool ${e.pool}: ${worker(e)} resumed in ${seconds(e.resumeMs)}`,
  ),
  'worker.orphaned': define(
    'warn',
    (e: WorkerFields) => `pool ${e.pool}: ${worker(e)} is kept for diagnosis and no longer managed; end it by hand`,
  ),
} as const;

/** Fields of every event about one process of a pool. */
type WorkerFields = {
  pool: string;
  slot: number;
  generation: number;
  pid: number;
  /** `ApplicationPlan.id`, where the process serves one application. */
  application?: string | undefined;
};

function worker(e: WorkerFields): string {
  return `process ${e.pid} (slot ${e.slot}, generation ${e.generation})`;
}
