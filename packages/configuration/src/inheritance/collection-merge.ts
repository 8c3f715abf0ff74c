import { formatOrigin } from '../diagnostics/diagnostic.ts';
import { parseAttributeValue, defaultValue } from '../schema/attribute-value.ts';
import type { AttributeSchema, CollectionSchema } from '../schema/section-schema.ts';
import { attributeOf, type XmlElement } from '../xml/document.ts';
import { schemaOf } from './apply-attributes.ts';
import { directivesOf } from './directives.ts';
import { isLockAttribute, lockFor, type Lock } from './lock.ts';
import type { MergedElement, MergedEntry } from './merged-element.ts';
import type { MergeScope } from './merge-scope.ts';

/** Makes the element of an entry; undefined when it has a fault that was reported. */
type BuildEntry = (element: XmlElement, scope: MergeScope) => MergedElement | undefined;

/**
 * A collection while one layer is put over it. Directives apply in document order:
 *
 *   clear    removes everything, also what this layer has added before
 *   remove   removes the entry with a key, if there is one
 *   add      appends; in a `prepend` collection the additions of a layer form a block before what is inherited
 */
export class CollectionMerge {
  readonly #schema: CollectionSchema;
  readonly #depth: number;
  readonly #build: BuildEntry;
  /** In a `prepend` collection what this layer adds: the block before the rest. */
  #front: MergedEntry[] = [];
  #entries: MergedEntry[];
  /** Taken out when the entries are asked for: thousands of removals must not each copy the list. */
  readonly #dropped = new Set<MergedEntry>();
  readonly #index = new Map<string, MergedEntry>();

  constructor(schema: CollectionSchema, inherited: readonly MergedEntry[], depth: number, build: BuildEntry) {
    this.#schema = schema;
    this.#depth = depth;
    this.#build = build;
    this.#entries = [...inherited];
    for (const entry of inherited) this.#indexEntry(entry);
  }

  get entries(): readonly MergedEntry[] {
    return [...this.#front, ...this.#entries].filter((entry) => !this.#dropped.has(entry));
  }

  /** Applies an element when it is a directive of the collection; false when it is none. */
  apply(element: XmlElement, scope: MergeScope): boolean {
    const { add, remove, clear } = directivesOf(this.#schema);
    if (element.name === add) this.#add(element, scope);
    else if (element.name === remove) this.#remove(element, scope);
    else if (element.name === clear) this.#clear(element, scope);
    else return false;
    return true;
  }

  #add(element: XmlElement, scope: MergeScope): void {
    const label = attributeOf(element, this.#schema.keys?.[0] ?? '')?.value;
    const entryScope = scope.below(label === undefined ? element.name : `${element.name}[${label}]`);
    const built = this.#build(element, entryScope);
    if (built === undefined) return;
    const entry: MergedEntry = { element: built, identities: this.#identities(built), depth: this.#depth };
    const first = entry.identities.map((identity) => this.#index.get(identity)).find((found) => found !== undefined);
    if (first === undefined || this.#schema.allowDuplicates === true) this.#insert(entry);
    else if (this.#schema.inheritedDuplicate === 'replace' && first.depth < this.#depth) {
      this.#replace(first, entry, element, entryScope);
    } else this.#refuseDuplicate(first, element, scope);
  }

  #insert(entry: MergedEntry): void {
    if (this.#schema.order === 'prepend') this.#front.push(entry);
    else this.#entries.push(entry);
    this.#indexEntry(entry);
  }

  #replace(first: MergedEntry, entry: MergedEntry, element: XmlElement, scope: MergeScope): void {
    const lock = this.#lockOf(first);
    if (lock !== undefined) return scope.refuseLocked(element, 'the entry', lock);
    this.#drop(first);
    this.#insert(entry);
    const where = formatOrigin(first.element.writtenAt);
    scope.warn(
      element,
      'duplicate',
      `${scope.name} replaces the entry at ${where}; IIS would refuse it without a remove before.`,
      {
        related: first.element.writtenAt,
      },
    );
  }

  #refuseDuplicate(first: MergedEntry, element: XmlElement, scope: MergeScope): void {
    const keys = this.#schema.keys ?? [];
    const texts = keys.map((key) => attributeOf(element, key)?.value ?? '');
    const [kind, verb] =
      keys.length > 1 && this.#schema.keyKind === 'combined'
        ? ['combined key attributes', ' respectively']
        : ['unique key attribute', ''];
    const message =
      `Cannot add duplicate collection entry of type '${element.name}' with ${kind} '${keys.join(', ')}'${verb} set to ` +
      `'${texts.join(', ')}'; the first is at ${formatOrigin(first.element.writtenAt)}.${first.depth < this.#depth ? this.#howToReplace(texts) : ''}`;
    scope.refuse(element, 'duplicate', message, { text: texts.join(', '), related: first.element.writtenAt });
  }

  /** What makes room for an entry whose keys have these values, when the first one is inherited. */
  #howToReplace(values: readonly string[]): string {
    const { remove } = directivesOf(this.#schema);
    if (remove === null) return '';
    const keys = (this.#schema.keys ?? []).map((key, index) => `${key}="${values[index]}"`);
    return ` To replace it, write <${[remove, ...keys].join(' ')} /> before.`;
  }

  #remove(element: XmlElement, scope: MergeScope): void {
    const { keys = [], entry: schema } = this.#schema;
    const removed = scope.below(element.name);
    const values: string[] = [];
    for (const { name, ...place } of element.attributes) {
      if (keys.includes(name) || isLockAttribute(name)) continue;
      removed.refuse(
        place,
        'unknownAttribute',
        `Unrecognized attribute '${name}' of ${element.name}: it has ${keys.join(', ')}.`,
        { attribute: name },
      );
    }
    for (const key of keys) {
      const keySchema = schemaOf(schema, key) ?? ({ type: 'string' } as const);
      const attribute = attributeOf(element, key);
      if (attribute === undefined && (keySchema.required === true || this.#schema.keyKind !== 'combined')) {
        removed.refuse(element, 'missingAttribute', `Missing required attribute '${key}' of ${element.name}.`, {
          attribute: key,
        });
        return;
      }
      const parsed = attribute === undefined ? undefined : parseAttributeValue(keySchema, attribute.value);
      // A key that no entry can have removes nothing, like any other that is not there.
      if (parsed !== undefined && 'expected' in parsed) return;
      values.push(comparable(keySchema, parsed === undefined ? defaultValue(keySchema) : parsed.value));
    }
    const found = this.#identitiesOf(values)
      .map((identity) => this.#index.get(identity))
      .find((entry) => entry !== undefined);
    if (found === undefined) return;
    const lock = this.#lockOf(found);
    if (lock !== undefined) removed.refuseLocked(element, 'the entry', lock);
    else this.#drop(found);
  }

  #clear(element: XmlElement, scope: MergeScope): void {
    const cleared = scope.below(element.name);
    for (const attribute of element.attributes) {
      if (isLockAttribute(attribute.name)) continue;
      cleared.refuse(
        attribute,
        'unknownAttribute',
        `Unrecognized attribute '${attribute.name}': ${element.name} has none.`,
        { attribute: attribute.name },
      );
    }
    for (const entry of this.entries) {
      const lock = this.#lockOf(entry);
      if (lock !== undefined) return cleared.refuseLocked(element, 'an entry', lock);
    }
    this.#front = [];
    this.#entries = [];
    this.#dropped.clear();
    this.#index.clear();
  }

  #drop(entry: MergedEntry): void {
    this.#dropped.add(entry);
    for (const identity of entry.identities) this.#index.delete(identity);
  }

  #indexEntry(entry: MergedEntry): void {
    for (const identity of entry.identities) this.#index.set(identity, entry);
  }

  #lockOf(entry: MergedEntry): Lock | undefined {
    return lockFor(entry.element.locks, 'item', '', this.#depth);
  }

  #identities(element: MergedElement): readonly string[] {
    const { keys = [], entry } = this.#schema;
    return this.#identitiesOf(
      keys.map((key) => {
        const schema = schemaOf(entry, key) ?? ({ type: 'string' } as const);
        return comparable(schema, element.attributes.get(key)?.value ?? defaultValue(schema));
      }),
    );
  }

  #identitiesOf(values: readonly string[]): readonly string[] {
    if (values.length === 0) return [];
    return this.#schema.keyKind === 'combined'
      ? [JSON.stringify(values)]
      : values.map((value, index) => `${index} ${value}`);
  }
}

/** Text of a key for comparison: upper case unless the schema minds case, as names compare on IIS. */
function comparable(schema: AttributeSchema, value: unknown): string {
  const text = String(value);
  return schema.type === 'string' && schema.caseSensitive !== true ? text.toUpperCase() : text;
}
