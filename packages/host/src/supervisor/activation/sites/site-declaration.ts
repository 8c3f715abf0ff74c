import type { BindingSettings, Origin } from '../revision.ts';

/** A site as the server's file declares it: what is known before any content folder is read. */
export interface SiteDeclaration {
  readonly id: number;
  readonly name: string;
  readonly serverAutoStart: boolean;
  /** Those that can be served. */
  readonly bindings: readonly BindingSettings[];
  readonly connectionTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxUrlSegments: number;
  readonly applications: readonly ApplicationDeclaration[];
}

export interface ApplicationDeclaration {
  /** `shop/` or `shop/api`. */
  readonly id: string;
  readonly path: string;
  /** Name of the pool as the pool itself spells it. */
  readonly pool: string;
  readonly preloadEnabled: boolean;
  /** Whether web.config files of the application are read (`enableConfigurationOverride` of its pool). */
  readonly readsContent: boolean;
  /** The root first. Empty when `problem` says why. */
  readonly virtualDirectories: readonly VirtualDirectoryDeclaration[];
  /** Why no request can be served, whatever its web.config says. */
  readonly problem?: { readonly kind: 'pool' | 'folder'; readonly message: string };
  readonly origin: Origin;
}

export interface VirtualDirectoryDeclaration {
  /** Relative to the application: `/` or `/images`. */
  readonly path: string;
  /** Absolute Linux path. */
  readonly physicalPath: string;
  /** Whether web.config files of folders below count. */
  readonly allowSubDirConfig: boolean;
  readonly origin: Origin;
}
