/** Frozen settings of the module. */
export interface DirectoryBrowseSettings {
  readonly showDate: boolean;
  readonly showTime: boolean;
  readonly showSize: boolean;
  /** Show names with their extension. */
  readonly showExtension: boolean;
  /** Spell the date out. */
  readonly longDate: boolean;
  /** Lower-case names and extensions (with their dot) that request filtering refuses: they are not listed. */
  readonly hiddenNames: readonly string[];
  readonly hiddenExtensions: readonly string[];
}
