import { isServing, samePlace, type PoolState } from '../pool-state.ts';

/** The slots in which an older generation still serves because its replacement does not run yet. */
export function slotsUnderway(state: PoolState): readonly number[] {
  return state.places
    .filter((place) => {
      const own = state.processes.filter((process) => samePlace(process, place) && isServing(process));
      const replaced = own.some((process) => process.generation === place.generation && process.phase === 'running');
      return !replaced && own.some((process) => process.generation < place.generation);
    })
    .map((place) => place.slot);
}

/** The slots that wait for their recycle, when no other slot is in the middle of one or just starting. */
export function restartableSlots(state: PoolState): readonly number[] {
  const starting = state.processes.some((process) => isServing(process) && process.phase !== 'running');
  return starting || slotsUnderway(state).length > 0 ? [] : state.recycleNext;
}
