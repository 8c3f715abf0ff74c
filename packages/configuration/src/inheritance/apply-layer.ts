import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { CollectionSchema, ElementSchema } from '../schema/section-schema.ts';
import type { XmlElement } from '../xml/document.ts';
import { applyAttributes } from './apply-attributes.ts';
import { CollectionMerge } from './collection-merge.ts';
import { directivesOf } from './directives.ts';
import { lockFor } from './lock.ts';
import { builtInDepth, type MergedElement, type MergedEntry } from './merged-element.ts';
import { MergeScope, type LayerPlace } from './merge-scope.ts';

/**
 * Puts what one file says about a section over what shallower files say. Everything wrong is reported and left
 * out; the rest applies, so that one pass finds all faults.
 */
export function applyLayer(
  schema: ElementSchema,
  previous: MergedElement | undefined,
  element: XmlElement,
  place: LayerPlace,
  diagnostics: Diagnostic[],
): MergedElement {
  const scope = new MergeScope(place, diagnostics);
  const { merged } = applyElement(schema, previous, element, scope, false);
  if (scope.full)
    scope.refuse(element, 'malformed', `${scope.name} has more faults than are told here: repair these first.`);
  return merged;
}

const nothing: Omit<MergedElement, 'writtenAt'> = {
  attributes: new Map(),
  elements: new Map(),
  entries: [],
  ownEntries: false,
  locks: [],
};

interface Applied {
  readonly merged: MergedElement;
  /** The element's own attributes are all there and right. */
  readonly complete: boolean;
}

function applyElement(
  schema: ElementSchema,
  previous: MergedElement | undefined,
  element: XmlElement,
  scope: MergeScope,
  anyName: boolean,
): Applied {
  if (schema.ignored === true) return { merged: { ...nothing, writtenAt: scope.at(element) }, complete: true };
  const { attributes, locks, complete } = applyAttributes(schema, previous, element, scope, anyName);
  const elements = new Map(previous?.elements);
  const { collection } = schema;
  const inherited = inheritedEntries(previous, element, collection, scope);
  const entries =
    collection &&
    new CollectionMerge(collection, inherited, scope.place.depth, (child, childScope) => {
      const entry = applyElement(
        collection.entry,
        undefined,
        child,
        childScope,
        collection.allowUnrecognizedAttributes ?? false,
      );
      // An entry whose key is wrong would only cause follow-up faults.
      return entry.complete || hasKeys(entry.merged, collection.keys ?? []) ? entry.merged : undefined;
    });
  const written = new Set<string>();
  let ownEntries = previous?.ownEntries ?? false;

  for (const child of element.children) {
    if (scope.full) break;
    if (child.kind === 'text') scope.refuse(child, 'malformed', `Text has no meaning in ${scope.name}.`);
    if (child.kind !== 'element') continue;
    const lock = lockFor(previous?.locks ?? [], 'elements', child.name, scope.place.depth);
    if (lock !== undefined) {
      scope.refuseLocked(child, `element '${child.name}'`, lock);
      continue;
    }
    const childSchema = childOf(schema, child.name);
    if (childSchema === undefined) {
      if (entries?.apply(child, scope) === true) ownEntries = true;
      else refuseUnknown(child, schema, scope);
    } else if (written.has(child.name)) {
      scope.refuse(child, 'duplicate', `Element '${child.name}' occurs twice in ${scope.name}.`);
    } else {
      written.add(child.name);
      const before = elements.get(child.name);
      const itemLock = lockFor(before?.locks ?? [], 'item', '', scope.place.depth);
      const childScope = scope.below(child.name);
      if (itemLock !== undefined) childScope.refuseLocked(child, 'the element', itemLock);
      else elements.set(child.name, applyElement(childSchema, before, child, childScope, false).merged);
    }
  }
  return {
    merged: {
      attributes,
      elements,
      entries: entries?.entries ?? inherited,
      ownEntries,
      locks,
      writtenAt: scope.at(element),
    },
    complete,
  };
}

/** On IIS a list in applicationHost.config is all there is: where that file writes one, no built-in entry stays. */
function inheritedEntries(
  previous: MergedElement | undefined,
  element: XmlElement,
  collection: CollectionSchema | undefined,
  scope: MergeScope,
): readonly MergedEntry[] {
  const entries = previous?.entries ?? [];
  if (collection === undefined || scope.place.level !== '' || scope.place.depth === builtInDepth) return entries;
  const { add, remove, clear } = directivesOf(collection);
  const writes = element.children.some(
    (child) => child.kind === 'element' && [add, remove, clear].includes(child.name),
  );
  return writes ? entries.filter(({ depth }) => depth !== builtInDepth) : entries;
}

function hasKeys(element: MergedElement, keys: readonly string[]): boolean {
  return keys.every((key) => element.attributes.has(key));
}

function refuseUnknown(child: XmlElement, schema: ElementSchema, scope: MergeScope): void {
  const names = Object.keys(schema.elements ?? {});
  if (schema.collection !== undefined) {
    const { add, remove, clear } = directivesOf(schema.collection);
    names.push(...[add, remove, clear].filter((name) => name !== null));
  }
  const meant = nearestName(child.name, names);
  const legal = names.length === 0 ? 'it holds no elements' : `it holds ${names.join(', ')}`;
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const message = `Unrecognized element '${child.name}' in ${scope.name}: ${schema.hints?.[child.name] ?? `${legal}.${question}`}`;
  scope.refuse(child, 'unknownElement', message);
}

function childOf(schema: ElementSchema, name: string): ElementSchema | undefined {
  return schema.elements !== undefined && Object.hasOwn(schema.elements, name) ? schema.elements[name] : undefined;
}
