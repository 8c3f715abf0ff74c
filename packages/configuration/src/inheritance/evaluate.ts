import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { VariableLookup } from '../paths/expand-variables.ts';
import type { EffectiveConfiguration, Origin } from '../schema/effective-element.ts';
import type { SectionSchema } from '../schema/section-schema.ts';
import { EffectiveView } from './effective.ts';
import { chainOf, type Level } from './level.ts';
import { isRead } from './section-registry.ts';
import { sectionState, StateMemory, type SectionState } from './section-state.ts';

/** All sections at one level, and everything that is wrong with them there. */
export interface Evaluation extends EffectiveConfiguration {
  /** Faults of the level and of those above that reach it; with an error the level should not be served. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where files set sections, at this level or above, that nothing acts on (`ignoreWithWarning`). */
  readonly ignored: readonly { readonly section: string; readonly origin: Origin }[];
}

/** Evaluates levels. Keep one for a tree of levels: what they share is merged once, and reads as the same object. */
export class Evaluator {
  readonly #variables: VariableLookup;
  readonly #memory = new StateMemory();
  readonly #views = new WeakMap<SectionState, EffectiveView>();

  constructor(variables: VariableLookup) {
    this.#variables = variables;
  }

  evaluate(level: Level): Evaluation {
    const diagnostics = chainOf(level).flatMap(({ file }) => file?.diagnostics ?? []);
    const ignored: { section: string; origin: Origin }[] = [];
    const views = new Map<string, EffectiveView>();
    for (const declaration of level.registry.declarations()) {
      const state = sectionState(declaration, level, level, this.#memory);
      diagnostics.push(...state.diagnostics);
      const { path, schema } = declaration;
      if (schema === undefined) continue;
      if (isRead(declaration)) views.set(path, this.#view(schema, state));
      else if (schema.bodyPolicy === 'ignoreWithWarning') {
        ignored.push(...state.written.map((origin) => ({ section: path, origin })));
      }
    }
    return { section: sectionOf(views), diagnostics, ignored };
  }

  #view(schema: SectionSchema, state: SectionState): EffectiveView {
    let view = this.#views.get(state);
    if (view === undefined) this.#views.set(state, (view = new EffectiveView(schema, state.merged, this.#variables)));
    return view;
  }
}

function sectionOf(views: ReadonlyMap<string, EffectiveView>): EffectiveConfiguration['section'] {
  const find = (which: string | SectionSchema): EffectiveView => {
    const path = typeof which === 'string' ? which : which.path;
    const view = views.get(path);
    if (view === undefined) throw new TypeError(`no schema for section "${path}" is registered here`);
    return view;
  };
  return find as EffectiveConfiguration['section'];
}
