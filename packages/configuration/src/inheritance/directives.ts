import type { CollectionSchema } from '../schema/section-schema.ts';

export interface Directives {
  readonly add: string;
  /** null = the collection has none. */
  readonly remove: string | null;
  readonly clear: string | null;
}

/** Names of the elements that add, remove and clear entries of a collection. */
export function directivesOf(collection: CollectionSchema): Directives {
  const { addElement = 'add', removeElement = 'remove', clearElement = 'clear' } = collection;
  return { add: addElement, remove: removeElement, clear: clearElement };
}
