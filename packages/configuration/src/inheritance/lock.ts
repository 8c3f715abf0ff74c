import type { Origin } from '../schema/effective-element.ts';
import type { ElementSchema } from '../schema/section-schema.ts';
import { directivesOf } from './directives.ts';

/** A granular lock: deeper files may not write what it names. Locks add up and are never released. */
export interface Lock {
  readonly on: 'attributes' | 'elements' | 'item';
  readonly names: ReadonlySet<string> | 'all';
  /** The names are what is *not* locked. */
  readonly except: boolean;
  /** Depth of the file that locks; files of the same depth are free. */
  readonly depth: number;
  readonly origin: Origin;
}

/** The lock that keeps a file of this depth from writing an attribute or child element. */
export function lockFor(locks: readonly Lock[], on: Lock['on'], name: string, depth: number): Lock | undefined {
  return locks.find(
    (lock) => lock.on === on && lock.depth < depth && (lock.names === 'all' || lock.names.has(name) !== lock.except),
  );
}

const lockAttributes: ReadonlyMap<string, { readonly on: 'attributes' | 'elements'; readonly except: boolean }> =
  new Map([
    ['lockAttributes', { on: 'attributes', except: false }],
    ['lockAllAttributesExcept', { on: 'attributes', except: true }],
    ['lockElements', { on: 'elements', except: false }],
    ['lockAllElementsExcept', { on: 'elements', except: true }],
  ]);

/** Attributes that every element of every section may carry. */
export function isLockAttribute(name: string): boolean {
  return name === 'lockItem' || lockAttributes.has(name);
}

/** Reads a lock attribute; `undefined` when it locks nothing, a problem when it cannot hold. */
export function readLock(
  name: string,
  text: string,
  schema: ElementSchema,
  depth: number,
  origin: Origin,
): Lock | undefined | { readonly expected: string } {
  if (name === 'lockItem') {
    const value = text.toLowerCase();
    if (value === 'true') return { on: 'item', names: 'all', except: false, depth, origin };
    return value === 'false' ? undefined : { expected: 'true or false' };
  }
  const { on, except } = lockAttributes.get(name) as { on: 'attributes' | 'elements'; except: boolean };
  const names = new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  if (names.has('*')) return { on, names: 'all', except: false, depth, origin };
  const known = on === 'attributes' ? Object.keys(schema.attributes ?? {}) : childNames(schema);
  const wrong = [...names].find((candidate) => !known.includes(candidate));
  if (wrong !== undefined) return { expected: `* or a list of ${known.join(', ')}; "${wrong}" is none of them` };
  return names.size === 0 && !except ? undefined : { on, names, except, depth, origin };
}

function childNames(schema: ElementSchema): string[] {
  const names = Object.keys(schema.elements ?? {});
  if (schema.collection === undefined) return names;
  const { add, remove, clear } = directivesOf(schema.collection);
  return [...names, ...[add, remove, clear].filter((name) => name !== null)];
}
