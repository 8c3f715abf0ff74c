export type * from './revision.ts';
export { createLoader, type LoaderOptions } from './create-loader.ts';
export { loadRevision, type LoadedRevision, type LoadOptions } from './load-revision.ts';
export type { ApplicationDeclaration, SiteDeclaration } from './sites/site-declaration.ts';
export { compareRevisions, type ApplicationChange, type PoolChange, type RevisionChange } from './diff.ts';
export { ConfigurationWatcher } from './watching/configuration-watcher.ts';
export { diskWatchSystem, type WatchSystem } from './watching/watch-system.ts';
export * from './run-folder.ts';
