/** A section as it holds at one path, after inheritance. Every value knows where it was written. */
export interface EffectiveElement {
  /**
   * Value of an attribute, or its default; by type: bool → boolean; int, uint, int64 → number;
   * timeSpan → milliseconds; flags → the names; string and enum → string (an enum in its canonical case).
   * Throws for a name that the schema does not declare.
   */
  get(name: string): AttributeValue;
  /** Where the attribute was written; undefined when the default holds. */
  origin(name: string): Origin | undefined;
  /** A child element; one that no file wrote reads as its defaults. */
  element(name: string): EffectiveElement;
  /** Entries of the element's collection in effective order. */
  entries(): readonly EffectiveElement[];
  /** Where the element, or the entry, was written last; undefined when no file has it. */
  readonly writtenAt: Origin | undefined;
}

export type AttributeValue = string | number | boolean | readonly string[];

export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** All sections at one path. */
export interface EffectiveConfiguration {
  /** `system.webServer/handlers`; throws for a section that is not declared. */
  section(path: string): EffectiveElement;
}
