import type { AttributeSchema, ElementSchema, SectionSchema } from './section-schema.ts';

/** Where something was written. Line and column count from 1; the column counts UTF-16 units. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Value of an attribute: flags are a list of names, time spans and integers are numbers. */
export type AttributeValue = string | number | boolean | readonly string[];

/**
 * An element after inheritance: what applies, and where each value was written. Immutable.
 *
 * Names are those of the schema; asking for one that the schema does not have throws a TypeError.
 */
export interface EffectiveElement<Schema extends ElementSchema = ElementSchema> {
  /**
   * The effective value: of the nearest file that sets it, else of the enclosing defaults elements, else the
   * schema's default, else empty text, 0, false or no flags. Time spans are milliseconds, `%NAME%` is expanded.
   */
  get<Name extends AttributeName<Schema>>(name: Name): ValueOf<AttributesOf<Schema>[Name]>;
  /** Whether some file sets the attribute (on the element or on a defaults element). */
  isSet(name: AttributeName<Schema>): boolean;
  /** Where the value was written; undefined when it is the schema's default. */
  origin(name: AttributeName<Schema>): Origin | undefined;
  /** Where the element, or the entry, was written last; undefined when no file has it. */
  readonly writtenAt: Origin | undefined;
  /** A child element; one that no file writes has defaults only. */
  element<Name extends ElementName<Schema>>(name: Name): EffectiveElement<ElementsOf<Schema>[Name]>;
  /** Entries of the collection in effective order. */
  entries(): readonly EffectiveElement<EntryOf<Schema>>[];
}

type AttributesOf<Schema extends ElementSchema> = Schema extends { readonly attributes: infer Attributes }
  ? Attributes
  : Readonly<Record<string, AttributeSchema>>;

type ElementsOf<Schema extends ElementSchema> = Schema extends {
  readonly elements: infer Elements extends Readonly<Record<string, ElementSchema>>;
}
  ? Elements
  : Readonly<Record<string, ElementSchema>>;

export type AttributeName<Schema extends ElementSchema> = keyof AttributesOf<Schema> & string;
export type ElementName<Schema extends ElementSchema> = keyof ElementsOf<Schema> & string;

export type EntryOf<Schema extends ElementSchema> = Schema extends {
  readonly collection: { readonly entry: infer Entry extends ElementSchema };
}
  ? Entry
  : ElementSchema;

/** The type of an attribute's value, from its schema. */
export type ValueOf<Attribute> = Attribute extends { readonly type: 'bool' }
  ? boolean
  : Attribute extends { readonly type: 'int' | 'uint' | 'int64' | 'timeSpan' }
    ? number
    : Attribute extends { readonly type: 'flags'; readonly values: infer Values }
      ? readonly (keyof Values & string)[]
      : Attribute extends { readonly type: 'enum'; readonly values: infer Values }
        ? keyof Values & string
        : Attribute extends { readonly type: 'string' }
          ? string
          : AttributeValue;

/** All sections at one path. */
export interface EffectiveConfiguration {
  /** The section that a schema describes; throws a TypeError when it was not registered for this path. */
  section<Schema extends SectionSchema>(schema: Schema): EffectiveElement<Schema>;
  /** The same by name, `system.webServer/handlers`, with untyped values. */
  section(path: string): EffectiveElement;
}
