/**
 * What a section of the configuration may contain, as plain data. Every section lives beside the code
 * that owns it; the configuration package knows none by name.
 */
export interface SectionSchema extends ElementSchema {
  /** `system.webServer/aspNetCore` */
  readonly path: string;
  /** Whether deeper files may set the section. */
  readonly overrideModeDefault: 'Allow' | 'Deny';
  /** Which files may hold it at all. Default `Everywhere`. */
  readonly allowDefinition?: AllowDefinition;
  /** Whether `<location>` may set it. Default true. */
  readonly allowLocation?: boolean;
}

export type AllowDefinition =
  | 'MachineOnly'
  | 'AppHostOnly'
  | 'MachineToRootWeb'
  | 'MachineToApplication'
  | 'Everywhere'
  | 'RedirectionFileOnly';

export interface ElementSchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly elements: Readonly<Record<string, ElementSchema>>;
  readonly collection?: CollectionSchema;
  /** Supplies defaults to the entries of the named collection; it is no entry itself. */
  readonly isCollectionDefault?: boolean;
}

export interface AttributeSchema {
  readonly type: 'string' | 'bool' | 'enum' | 'flags' | 'int' | 'uint' | 'int64' | 'timeSpan';
  /** As in the file for a timeSpan (`00:02:00`); names for flags. Absent = empty string, zero or false, and not set. */
  readonly default?: string | number | boolean | readonly string[];
  readonly required?: boolean;
  /** Names and numbers of an enum or flags. */
  readonly values?: Readonly<Record<string, number>>;
  readonly validation?: AttributeValidation;
  /** Spelling of a timeSpan: `[d.]hh:mm:ss`, or a bare number. Default `string`. */
  readonly format?: 'string' | 'seconds' | 'minutes';
  /** How values compare, and whether their case is kept as a key. Default true. */
  readonly caseSensitive?: boolean;
  /** `%NAME%` is replaced when the value is read. */
  readonly expanded?: boolean;
  /** The value may be stored as `[enc:Provider:…:enc]`. */
  readonly encrypted?: boolean;
}

export type AttributeValidation =
  | { readonly kind: 'integerRange'; readonly min: number; readonly max: number; readonly exclude?: boolean }
  | {
      readonly kind: 'timeSpanRange';
      readonly minSeconds: number;
      readonly maxSeconds: number;
      readonly granularitySeconds: number;
      readonly exclude?: boolean;
    }
  | {
      readonly kind:
        | 'nonEmptyString'
        | 'requireTrimmedString'
        | 'applicationPoolName'
        | 'siteName'
        | 'applicationPath'
        | 'virtualDirectoryPath'
        | 'none';
    };

export interface CollectionSchema {
  readonly addElement: string;
  /** null = the collection has no such directive. */
  readonly removeElement: string | null;
  readonly clearElement: string | null;
  /** Where the entries of a deeper level go. */
  readonly order: 'append' | 'prepend';
  readonly allowDuplicates: boolean;
  readonly allowUnrecognizedAttributes: boolean;
  /** Attributes that identify an entry. */
  readonly keys: readonly string[];
  /** `unique`: each key on its own; `combined`: the tuple; `none`: no entry equals another. */
  readonly keyKind: 'unique' | 'combined' | 'none';
  readonly entry: EntrySchema;
  /** Name of the child element that supplies defaults to the entries. */
  readonly defaultElement?: string;
}

export interface EntrySchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly elements?: Readonly<Record<string, ElementSchema>>;
  readonly collection?: CollectionSchema;
}
