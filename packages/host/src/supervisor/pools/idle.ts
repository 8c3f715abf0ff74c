import { alwaysRuns, type PoolState, type WorkerProcess } from './pool-state.ts';

/**
 * The processes of slots that have had no request for `idleTimeout`. A slot ends whole: while one of its
 * applications works, none of them idles out. In an AlwaysRunning pool the last slot stays, and every slot with an
 * application that would be started again at once.
 */
export function idleSlots(state: PoolState, now: number): readonly WorkerProcess[] {
  const { idleTimeoutMs } = state.settings.processModel;
  if (idleTimeoutMs === 0) return [];
  const slots = [...new Set(state.processes.map((process) => process.slot))].toSorted((a, b) => b - a);
  const kept = state.settings.startMode === 'AlwaysRunning' ? 1 : 0;
  return slots
    .slice(0, slots.length - kept)
    .map((slot) => state.processes.filter((process) => process.slot === slot))
    .filter((slot) => slot.every((process) => isIdle(process, now, idleTimeoutMs)))
    .filter((slot) => !slot.some(({ hosting }) => alwaysRuns(state.settings, hosting)))
    .flat();
}

function isIdle({ phase, active, lastActiveAt, debugged }: WorkerProcess, now: number, idleTimeoutMs: number): boolean {
  return phase === 'running' && active === 0 && !debugged && now - lastActiveAt >= idleTimeoutMs;
}
