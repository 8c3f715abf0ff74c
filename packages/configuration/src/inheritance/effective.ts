import { defaultValue } from '../schema/attribute-value.ts';
import type { AttributeValue, EffectiveElement, Origin } from '../schema/effective-element.ts';
import type { AttributeSchema, ElementSchema } from '../schema/section-schema.ts';
import { expandVariables, type VariableLookup } from '../paths/expand-variables.ts';
import type { MergedElement, Setting } from './merged-element.ts';

/**
 * A merged element with everything that applies where no file speaks: the defaults elements around it, nearest
 * first, then the schema's defaults.
 */
export class EffectiveView implements EffectiveElement {
  readonly #schema: ElementSchema;
  readonly #merged: MergedElement | undefined;
  /** The same element in defaults elements, nearest first. */
  readonly #defaults: readonly MergedElement[];
  /** Elements around this one, nearest first: they hold defaults for what is deeper inside. */
  readonly #around: readonly MergedElement[];
  /** Key attributes of an entry: defaults elements cannot give an identity. */
  readonly #keys: readonly string[];
  readonly #variables: VariableLookup;
  #entries: readonly EffectiveView[] | undefined;
  readonly #elements = new Map<string, EffectiveView>();

  constructor(
    schema: ElementSchema,
    merged: MergedElement | undefined,
    variables: VariableLookup,
    inherited: { defaults: readonly MergedElement[]; around: readonly MergedElement[]; keys: readonly string[] } = {
      defaults: [],
      around: [],
      keys: [],
    },
  ) {
    this.#schema = schema;
    this.#merged = merged;
    this.#variables = variables;
    this.#defaults = inherited.defaults;
    this.#around = inherited.around;
    this.#keys = inherited.keys;
  }

  get(name: string): AttributeValue {
    const schema = this.#attribute(name);
    const value: AttributeValue = this.#setting(name)?.value ?? defaultValue(schema);
    if (schema.type === 'string' && schema.expanded === true)
      return expandVariables(value as string, this.#variables).text;
    return value;
  }

  isSet(name: string): boolean {
    this.#attribute(name);
    return this.#setting(name) !== undefined;
  }

  origin(name: string): Origin | undefined {
    this.#attribute(name);
    return this.#setting(name)?.origin;
  }

  get writtenAt(): Origin | undefined {
    return this.#merged?.writtenAt;
  }

  element(name: string): EffectiveView {
    const known = this.#elements.get(name);
    if (known !== undefined) return known;
    const schema = this.#schema.elements?.[name];
    if (schema === undefined || !Object.hasOwn(this.#schema.elements ?? {}, name)) {
      throw new TypeError(`the schema has no element "${name}"`);
    }
    const view = new EffectiveView(schema, this.#merged?.elements.get(name), this.#variables, {
      defaults: namedIn(this.#defaults, name),
      around: this.#here,
      keys: [],
    });
    this.#elements.set(name, view);
    return view;
  }

  entries(): readonly EffectiveView[] {
    return (this.#entries ??= this.#viewEntries());
  }

  #viewEntries(): readonly EffectiveView[] {
    const { collection } = this.#schema;
    if (collection === undefined) return [];
    // Entries of a defaults element apply where no file writes the collection itself.
    const source = [this.#merged, ...this.#defaults].find((element) => element?.ownEntries === true);
    const defaults = collection.defaultElement === undefined ? [] : namedIn(this.#here, collection.defaultElement);
    return (source?.entries ?? []).map(
      ({ element }) =>
        new EffectiveView(collection.entry, element, this.#variables, {
          defaults,
          around: this.#here,
          keys: collection.keys ?? [],
        }),
    );
  }

  get #here(): readonly MergedElement[] {
    return this.#merged === undefined ? this.#around : [this.#merged, ...this.#around];
  }

  #attribute(name: string): AttributeSchema {
    const { attributes } = this.#schema;
    const schema = attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (schema === undefined) throw new TypeError(`the schema has no attribute "${name}"`);
    return schema;
  }

  #setting(name: string): Setting | undefined {
    const own = this.#merged?.attributes.get(name);
    if (own !== undefined || this.#keys.includes(name)) return own;
    return this.#defaults.map((element) => element.attributes.get(name)).find((setting) => setting !== undefined);
  }
}

function namedIn(elements: readonly MergedElement[], name: string): readonly MergedElement[] {
  return elements.map((element) => element.elements.get(name)).filter((element) => element !== undefined);
}
