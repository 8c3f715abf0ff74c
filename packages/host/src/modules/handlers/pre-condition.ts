/**
 * Whether a handler's `preCondition` holds: a 64-bit process with the integrated pipeline, and no .NET
 * Framework in it, as in a pool with "No Managed Code". What is not known here does not hold anything back.
 */
export function preConditionHolds(preCondition: string): boolean {
  return preCondition
    .split(',')
    .map((condition) => condition.trim().toLowerCase())
    .every(
      (condition) =>
        condition !== 'classicmode' && condition !== 'bitness32' && !condition.startsWith('runtimeversion'),
    );
}
