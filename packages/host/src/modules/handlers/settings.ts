import type { RequestFailure } from '@poolhouse/contract';
import type { AspNetCoreSettings } from '../asp-net-core/settings.ts';
import type { DefaultDocumentSettings } from '../default-document/settings.ts';
import type { DirectoryBrowseSettings } from '../directory-browse/settings.ts';
import type { StaticFileSettings } from '../static-file/settings.ts';
import type { ScopeContext } from '../scope-context.ts';

/** Frozen settings of the module: the effective mapping, and the settings of the handlers that it names. */
export interface HandlersSettings {
  /** In effective order; the first that fits answers. */
  readonly entries: readonly HandlerEntry[];
  readonly pathCase: ScopeContext['pathCase'];
  readonly aspNetCore?: AspNetCoreSettings;
  readonly staticFile?: StaticFileSettings;
  /** Absent where default documents are off. */
  readonly defaultDocument?: DefaultDocumentSettings;
  /** Absent where listings are off. */
  readonly directoryBrowse?: DirectoryBrowseSettings;
}

export type HandlerId = 'asp-net-core' | 'static-file' | 'default-document' | 'directory-browse' | 'protocol-support';

export interface HandlerEntry {
  /** Pattern as in the file: `*`, `*.php`, `server.js`, `bin/www`. */
  readonly path: string;
  /** Undefined = every verb. */
  readonly verbs?: readonly string[];
  readonly resourceType: 'File' | 'Directory' | 'Either' | 'Unspecified';
  /** Asked in this order; empty when `refusal` or `failure` answers. */
  readonly handlers: readonly HandlerId[];
  /** `accessPolicy` does not allow what the entry requires: to nobody, or to remote clients. */
  readonly refusal?: { readonly subStatus: 1 | 2 | 3; readonly remoteOnly: boolean };
  /** The entry cannot be served here: a module that does not exist, a program that cannot start. */
  readonly failure?: RequestFailure;
}
