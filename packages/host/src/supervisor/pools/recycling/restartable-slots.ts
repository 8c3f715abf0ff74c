import { isServing, samePlace, type PoolState } from '../pool-state.ts';

/** The slots in which a process of an older generation still waits for its replacement. */
export function slotsUnderway(state: PoolState): readonly number[] {
  return state.places
    .filter((place) =>
      state.processes.some(
        (process) => samePlace(process, place) && isServing(process) && process.generation < place.generation,
      ),
    )
    .map((place) => place.slot);
}

/** The slots that wait for their recycle, when no other slot is in the middle of one or just starting. */
export function restartableSlots(state: PoolState): readonly number[] {
  const starting = state.processes.some((process) => isServing(process) && process.phase !== 'running');
  return starting || slotsUnderway(state).length > 0 ? [] : state.recycleNext;
}
