export type * from './revision.ts';
export { createLoader, type LoaderOptions } from './create-loader.ts';
export { loadRevision, type LoadedRevision, type LoadOptions } from './load-revision.ts';
export type { ApplicationDeclaration, SiteDeclaration } from './sites/site-declaration.ts';
