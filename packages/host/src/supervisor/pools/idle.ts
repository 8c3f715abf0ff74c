import type { PoolState, WorkerProcess } from './pool-state.ts';

/**
 * The processes of slots that have had no request for `idleTimeout`. A slot ends whole: while one of its
 * applications works, none of them idles out. The last slot of an AlwaysRunning pool stays.
 */
export function idleSlots(state: PoolState, now: number): readonly WorkerProcess[] {
  const { idleTimeoutMs } = state.settings.processModel;
  if (idleTimeoutMs === 0) return [];
  const slots = [...new Set(state.processes.map((process) => process.slot))].toSorted((a, b) => b - a);
  const kept = state.settings.startMode === 'AlwaysRunning' ? 1 : 0;
  return slots
    .slice(0, slots.length - kept)
    .map((slot) => state.processes.filter((process) => process.slot === slot))
    .filter((slot) =>
      slot.every(
        (process) => process.phase === 'running' && process.active === 0 && now - process.lastActiveAt >= idleTimeoutMs,
      ),
    )
    .flat();
}
