import type { ScopeContext } from '../scope-context.ts';

/** Frozen settings of the module. */
export interface DefaultDocumentSettings {
  /** Names in the order in which they are tried; may lead into folders below. */
  readonly files: readonly string[];
  readonly pathCase: ScopeContext['pathCase'];
}
