export type * from './schema/section-schema.ts';
export type * from './schema/effective-element.ts';
