import type { ApplicationPoolSettings, RecycleFlag } from '../../activation/revision.ts';
import type { RecycleReason } from '../pool-event.ts';
import type { WorkerProcess } from '../pool-state.ts';

export interface DueRecycle {
  readonly reason: RecycleReason;
  readonly detail: string;
}

/**
 * Whether `recycling/periodicRestart` asks for a new process here, and why. The first reason wins; memory
 * is resident memory, because the address space that a .NET or V8 heap reserves says nothing on Linux.
 *
 * @param scheduled the entry of the schedule that has just come
 */
export function dueRecycle(
  settings: ApplicationPoolSettings,
  process: WorkerProcess,
  now: number,
  scheduled: string | undefined,
): DueRecycle | undefined {
  const { timeMs, requests, memoryKiB, privateMemoryKiB } = settings.recycling.periodicRestart;
  const age = now - (process.readyAt ?? now);
  const memory = process.memoryBytes ?? { resident: 0, private: 0 };
  if (timeMs > 0 && age >= timeMs) return { reason: 'time', detail: `older than ${timeMs / 60_000} minutes` };
  if (requests > 0 && process.served >= requests)
    return { reason: 'requests', detail: `${process.served} requests served` };
  if (privateMemoryKiB > 0 && memory.private > privateMemoryKiB * 1024)
    return { reason: 'privatememory', detail: memoryDetail(memory.private, privateMemoryKiB) };
  if (memoryKiB > 0 && memory.resident > memoryKiB * 1024)
    return { reason: 'memory', detail: memoryDetail(memory.resident, memoryKiB) };
  if (scheduled !== undefined && age >= youngestScheduledMs) return { reason: 'schedule', detail: scheduled };
  return undefined;
}

/** A worker younger than this is not recycled by schedule. */
const youngestScheduledMs = 60_000;

function memoryDetail(bytes: number, limitKiB: number): string {
  return `${Math.round(bytes / 1024)} KiB of at most ${limitKiB} KiB`;
}

/** The flag of `logEventOnRecycle` that gates the event of a reason. */
export const recycleFlag: Readonly<Record<RecycleReason, RecycleFlag>> = {
  time: 'Time',
  requests: 'Requests',
  schedule: 'Schedule',
  memory: 'Memory',
  ondemand: 'OnDemand',
  configchange: 'ConfigChange',
  privatememory: 'PrivateMemory',
};
