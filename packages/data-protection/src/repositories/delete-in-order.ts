import type { Logger } from '../logger.ts';

/** Deletes one after the other and stops at the first that fails, which is told. @returns whether all are gone */
export async function deleteInOrder<T>(
  items: readonly T[],
  remove: (item: T) => Promise<unknown>,
  logger: Logger,
): Promise<boolean> {
  for (const [index, item] of items.entries()) {
    try {
      await remove(item);
    } catch (error) {
      logger.error(`Of ${items.length} elements of the key ring ${index} were deleted; the next could not be.`, error);
      return false;
    }
  }
  return true;
}
