import type { AllowList } from './settings.ts';

/** Whether a name passes the list, or undefined when the list lets everything pass. */
export function createAllowTest(list: AllowList): ((name: string) => boolean) | undefined {
  if (list.allowUnlisted && list.denied.length === 0) return undefined;
  const denied = new Set(list.denied);
  const allowed = new Set(list.allowed);
  const { allowUnlisted } = list;
  return (name) => !denied.has(name) && (allowUnlisted || allowed.has(name));
}
