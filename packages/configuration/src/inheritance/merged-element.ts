import type { AttributeValue, Origin } from '../schema/effective-element.ts';
import type { Lock } from './lock.ts';

/** An attribute as the nearest file sets it. */
export interface Setting {
  /** `%NAME%` unexpanded. */
  readonly value: AttributeValue;
  readonly origin: Origin;
}

/** What all files together say about an element, defaults left out. Never changed: a deeper file makes a new one. */
export interface MergedElement {
  readonly attributes: ReadonlyMap<string, Setting>;
  readonly elements: ReadonlyMap<string, MergedElement>;
  /** Entries of the collection, in effective order. */
  readonly entries: readonly MergedEntry[];
  /** Some file wrote a directive of the collection: entries of defaults elements do not reach it. */
  readonly ownEntries: boolean;
  readonly locks: readonly Lock[];
  /** Where it was written last. */
  readonly writtenAt: Origin;
}

export interface MergedEntry {
  readonly element: MergedElement;
  /** What no other entry may have: one text for each unique key, or one for a combined key. */
  readonly identities: readonly string[];
  /** Depth of the file that added it, or `builtInDepth`. */
  readonly depth: number;
}

/** Depth of content that comes with the program: above every file. */
export const builtInDepth = -1;
