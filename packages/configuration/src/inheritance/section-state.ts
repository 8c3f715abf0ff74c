import { errorAt, formatOrigin, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../schema/effective-element.ts';
import { applyLayer } from './apply-layer.ts';
import type { Level } from './level.ts';
import { lockFor } from './lock.ts';
import { builtInDepth, type MergedElement } from './merged-element.ts';
import { layersAt, reaches, type SectionLayer } from './section-layers.ts';
import { isRead, type SectionDeclaration } from './section-registry.ts';
import { scopeProblem } from './section-scope.ts';

/** A section at one level: the merge of all layers so far, who may still set it, and what is wrong with it. */
export interface SectionState {
  readonly merged: MergedElement | undefined;
  /** Set while deeper files may not set the section. */
  readonly denied: Denial | undefined;
  /** Where files set it, locks alone left out. */
  readonly written: readonly Origin[];
  /** Faults of the layers that make this state, those above included. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Denial {
  /** Depth of the file that denies; it binds deeper ones. */
  readonly depth: number;
  /** Where; undefined when the section is built in and denied from the start. */
  readonly origin: Origin | undefined;
}

/** Remembers states, so that what thousands of levels have in common is merged once. */
export class StateMemory {
  readonly #initial = new Map<SectionDeclaration, SectionState>();
  readonly #layers = new Map<Level, ReadonlyMap<string, readonly SectionLayer[]>>();
  readonly #states = new Map<readonly SectionLayer[], RememberedState[]>();

  /** The state before any file; one object, because states above compare by identity. */
  initial(declaration: SectionDeclaration): SectionState {
    return getOrAdd(this.#initial, declaration, () => initialState(declaration));
  }

  layers(level: Level, section: string): readonly SectionLayer[] | undefined {
    return getOrAdd(this.#layers, level, () => layersAt(level)).get(section);
  }

  /** States that these layers have led to: one for each state above and choice of layers that a viewer asked for. */
  states(layers: readonly SectionLayer[]): RememberedState[] {
    return getOrAdd(this.#states, layers, () => []);
  }
}

interface RememberedState {
  readonly above: SectionState;
  readonly visible: readonly SectionLayer[];
  readonly state: SectionState;
}

/**
 * The state of a section at a level, as `viewer` (the level itself or one below) sees it. For each level from
 * the server down, and each layer at it:
 *
 *   1. drop it when it does not reach the viewer's application
 *   2. refuse it outside the section's scope
 *   3. refuse it when a shallower file denies the section, even when it says nothing new
 *   4. merge it
 *   5. take over its lock for deeper files
 */
export function sectionState(
  declaration: SectionDeclaration,
  level: Level,
  viewer: Level,
  memory: StateMemory,
): SectionState {
  const above =
    level.parent === undefined ? memory.initial(declaration) : sectionState(declaration, level.parent, viewer, memory);
  const layers = memory.layers(level, declaration.path);
  // 1.
  const visible = layers?.filter((layer) => reaches(layer, level, viewer));
  if (layers === undefined || visible === undefined || visible.length === 0) return above;
  const states = memory.states(layers);
  const known = states.find((one) => one.above === above && sameLayers(one.visible, visible));
  if (known !== undefined) return known.state;
  const state = visible.reduce((before, layer) => withLayer(before, layer, level), above);
  states.push({ above, visible, state });
  return state;
}

function sameLayers(left: readonly SectionLayer[], right: readonly SectionLayer[]): boolean {
  return left.length === right.length && left.every((layer, index) => layer === right[index]);
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function initialState(declaration: SectionDeclaration): SectionState {
  const { overrideModeDefault, depth, origin } = declaration;
  const denied = overrideModeDefault === 'Deny' ? { depth, origin } : undefined;
  return { merged: builtInElement(declaration), denied, written: [], diagnostics: [] };
}

function builtInElement({ path, schema, content }: SectionDeclaration): MergedElement | undefined {
  if (schema === undefined || content === undefined) return undefined;
  const diagnostics: Diagnostic[] = [];
  const place = { file: content.file, level: '', depth: builtInDepth, section: path };
  const merged = applyLayer(schema, undefined, content.element, place, diagnostics);
  if (diagnostics[0] !== undefined) throw new TypeError(`built-in content: ${diagnostics[0].message}`);
  return merged;
}

function withLayer(before: SectionState, layer: SectionLayer, level: Level): SectionState {
  const { content, depth, block } = layer;
  const { declaration, element, file, origin } = content;
  const section = declaration.path;
  const fail = (code: 'scope' | 'locked', message: string, related?: Origin): SectionState => ({
    ...before,
    diagnostics: [
      ...before.diagnostics,
      errorAt(origin, code, message, { level: level.path, section, ...(related === undefined ? {} : { related }) }),
    ],
  });

  // 2.
  const problem = scopeProblem(layer, level);
  if (problem !== undefined) return fail('scope', `${problem}.`);

  // 3.
  const { denied } = before;
  if (denied !== undefined && denied.depth < depth) {
    return fail(
      'locked',
      `This section cannot be used at this path: ${section} ${denialText(declaration, denied)}.`,
      denied.origin,
    );
  }
  if (denied !== undefined && denied.depth > depth && block?.overrideMode === 'Allow') {
    return fail(
      'locked',
      `A location cannot unlock ${section} here: it ${denialText(declaration, denied)}.`,
      denied.origin,
    );
  }

  // 4.
  const diagnostics: Diagnostic[] = [];
  const { schema } = declaration;
  const merged =
    schema !== undefined && isRead(declaration)
      ? applyLayer(schema, before.merged, element, { file, level: level.path, depth, section }, diagnostics)
      : before.merged;

  // 5.
  const itemLock = merged === undefined ? undefined : lockFor(merged.locks, 'item', '', depth + 1);
  let mode = denied;
  if (itemLock !== undefined) mode = { depth: itemLock.depth, origin: itemLock.origin };
  else if (block?.overrideMode === 'Deny') mode = { depth, origin: block.origin };
  else if (block?.overrideMode === 'Allow') mode = undefined;
  const empty = element.attributes.length === 0 && element.children.length === 0;
  return {
    merged,
    denied: mode,
    written: empty ? before.written : [...before.written, origin],
    diagnostics: diagnostics.length === 0 ? before.diagnostics : [...before.diagnostics, ...diagnostics],
  };
}

function denialText(declaration: SectionDeclaration, denied: Denial): string {
  if (denied.origin === undefined) {
    return 'is locked unless applicationHost.config opens it (overrideModeDefault is Deny; a location with overrideMode="Allow" opens it)';
  }
  const how = denied.origin === declaration.origin ? 'overrideModeDefault="Deny"' : 'a lock';
  return `is locked by ${how} at ${formatOrigin(denied.origin)}`;
}
