/**
 * A section of the configuration as plain data. Whoever owns a section (a module, the pools, the sites)
 * writes one of these beside its code; this package knows no section by name.
 *
 * The vocabulary is that of the IIS schema files: types, defaults, ranges, keys, collections, locks.
 * Write it as `{ … } as const satisfies SectionSchema`: then `EffectiveElement<typeof section>` knows the
 * type of every attribute.
 */
export interface SectionSchema extends ElementSchema {
  /** Full name, groups included: `system.webServer/handlers`. */
  readonly path: string;
  /** Which files may set the section. Default `Everywhere`. */
  readonly allowDefinition?: AllowDefinition;
  /** Whether files below the one that registers the section may set it, when no location says otherwise. */
  readonly overrideModeDefault: 'Allow' | 'Deny';
  /** Whether the section may stand inside a location element. Default true. */
  readonly allowLocation?: boolean;
  /**
   * The content is not validated and has no effect. `ignore` is silent (settings of the .NET Framework);
   * `ignoreWithWarning` says once that nothing acts on it.
   */
  readonly bodyPolicy?: 'ignore' | 'ignoreWithWarning';
}

/**
 * `MachineToApplication` ends at the web.config of an application's root; `AppHostOnly` and the other two
 * end at applicationHost.config.
 */
export type AllowDefinition =
  | 'MachineOnly'
  | 'MachineToRootWeb'
  | 'AppHostOnly'
  | 'MachineToApplication'
  | 'Everywhere';

/** An element: attributes, child elements and at most one collection, all at once if need be. */
export interface ElementSchema {
  readonly attributes?: Readonly<Record<string, AttributeSchema>>;
  readonly elements?: Readonly<Record<string, ElementSchema>>;
  readonly collection?: CollectionSchema;
  /** The element supplies defaults to entries of a collection that names it (`defaultElement`); it is no entry itself. */
  readonly isCollectionDefault?: boolean;
  /** Whatever the element holds is accepted and has no effect. */
  readonly ignored?: boolean;
  /** Names that people write here though they are none, and what to do instead (a sentence's second half). */
  readonly hints?: Readonly<Record<string, string>>;
}

/** A list whose entries files add, remove and clear. */
export interface CollectionSchema {
  /** Element that adds an entry. Default `add`. */
  readonly addElement?: string;
  /** Element that removes an entry; null = the collection has none. Default `remove`. */
  readonly removeElement?: string | null;
  /** Element that removes all entries; null = the collection has none. Default `clear`. */
  readonly clearElement?: string | null;
  /** Where the entries of a deeper file go: after (`append`) or before the inherited ones. Default `append`. */
  readonly order?: 'append' | 'prepend';
  /** Attributes that identify an entry. Default none: no entry equals another. */
  readonly keys?: readonly string[];
  /** `unique`: each key on its own; `combined`: the tuple. Default `unique` when there are keys. */
  readonly keyKind?: 'unique' | 'combined' | 'none';
  /** Entries may repeat a key. Default false. */
  readonly allowDuplicates?: boolean;
  /**
   * What an entry does whose key a *shallower* file has added already: `error` as on IIS, or `replace`, which
   * lets the nearer file win, in the old place, with a warning. Default `error`.
   */
  readonly inheritedDuplicate?: 'error' | 'replace';
  /** Keep attributes that `entry` does not name. Default false: they are errors. */
  readonly allowUnrecognizedAttributes?: boolean;
  /**
   * Child element that supplies defaults to the entries (`siteDefaults`). It counts in the element that holds
   * the collection and, so that `sites/virtualDirectoryDefaults` reaches every virtual directory, in every
   * element around it.
   */
  readonly defaultElement?: string;
  readonly entry: ElementSchema;
}

export type AttributeSchema =
  | BoolAttribute
  | IntegerAttribute
  | EnumAttribute
  | FlagsAttribute
  | TimeSpanAttribute
  | StringAttribute;

export interface AttributeCommon {
  /** One sentence: what it does, in which unit. Shown in messages and reference pages. */
  readonly description?: string;
  /** The element is in error without it. Default false. */
  readonly required?: boolean;
  /** Unit of a number, for messages and reference pages. */
  readonly unit?: string;
}

export interface BoolAttribute extends AttributeCommon {
  readonly type: 'bool';
  readonly default?: boolean;
}

export interface IntegerAttribute extends AttributeCommon {
  readonly type: 'int' | 'uint' | 'int64';
  readonly default?: number;
  readonly validation?: IntegerRange;
}

export interface EnumAttribute extends AttributeCommon {
  readonly type: 'enum';
  /** Name → number, in the order that messages list them. */
  readonly values: Readonly<Record<string, number>>;
  readonly default?: string;
}

export interface FlagsAttribute extends AttributeCommon {
  readonly type: 'flags';
  readonly values: Readonly<Record<string, number>>;
  readonly default?: readonly string[];
}

/** The value is milliseconds. */
export interface TimeSpanAttribute extends AttributeCommon {
  readonly type: 'timeSpan';
  /** Spelling in the file: `[d.]hh:mm:ss[.fff]`, or a bare number of seconds or minutes. Default `string`. */
  readonly format?: 'string' | 'seconds' | 'minutes';
  /** Text as it would stand in a file. */
  readonly default?: string;
  readonly validation?: TimeSpanRange;
}

export interface StringAttribute extends AttributeCommon {
  readonly type: 'string';
  readonly default?: string;
  /** Whether comparison as a key minds case. Default false. */
  readonly caseSensitive?: boolean;
  /** `%NAME%` is replaced when the value is read; the text in the file stays. Default false. */
  readonly expanded?: boolean;
  /** A secret: its text never appears in a message. Default false. */
  readonly encrypted?: boolean;
  readonly validation?: StringRule;
}

export interface IntegerRange {
  readonly kind: 'integerRange';
  readonly min: number;
  readonly max: number;
  /** The range names what is *not* allowed. */
  readonly exclude?: boolean;
}

export interface TimeSpanRange {
  readonly kind: 'timeSpanRange';
  readonly minSeconds: number;
  readonly maxSeconds: number;
  /** The value must be a whole multiple. Default 1. */
  readonly granularitySeconds?: number;
  readonly exclude?: boolean;
}

export interface StringRule {
  readonly kind:
    | 'nonEmptyString'
    | 'requireTrimmedString'
    | 'applicationPoolName'
    | 'siteName'
    | 'applicationPath'
    | 'virtualDirectoryPath';
}
