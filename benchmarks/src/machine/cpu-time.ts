import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time of a process by thread, nanoseconds. `/proc/PID/stat` counts in ticks of 10 ms and
 * `/proc/PID/schedstat` the first thread only, so the threads' own schedstat files are read.
 */
export type CpuTime = ReadonlyMap<number, number>;

export function cpuTime(pids: readonly number[]): CpuTime {
  const time = new Map<number, number>();
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      try {
        const [running] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
        time.set(Number(thread), Number(running));
      } catch {
        // A thread that ended between listing and reading.
      }
    }
  }
  return time;
}

/** Nanoseconds between two readings. What a thread used that ended in between is lost. */
export function cpuTimeBetween(before: CpuTime, after: CpuTime): number {
  let sum = 0;
  for (const [thread, time] of after) sum += time - (before.get(thread) ?? 0);
  return sum;
}
