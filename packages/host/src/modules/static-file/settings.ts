import type { ScopeContext } from '../scope-context.ts';

/** Frozen settings of the module. */
export interface StaticFileSettings {
  /** Where the types of this scope differ from the built-in ones: by extension, null where one was removed. */
  readonly mimeTypes: Readonly<Record<string, string | null>>;
  readonly clientCache: ClientCacheSettings;
  /** Ask for a folder again with a slash: where default documents or listings would answer it. */
  readonly redirectFolders: boolean;
  readonly pathCase: ScopeContext['pathCase'];
}

export interface ClientCacheSettings {
  readonly mode: 'NoControl' | 'DisableCache' | 'UseMaxAge' | 'UseExpires';
  readonly maxAgeSeconds: number;
  /** Date as in the file. */
  readonly expires: string;
  /** Appended to Cache-Control. */
  readonly custom: string;
  readonly setEtag: boolean;
}
