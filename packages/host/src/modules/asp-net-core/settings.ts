import type { RequestFailure } from '@poolhouse/contract';
import type { ForwardOptions } from '../../gateway/pipeline/module.ts';

/** Frozen settings of the module: how requests reach the program, or why they cannot. */
export type AspNetCoreSettings =
  | { readonly forward: ForwardOptions }
  | { readonly failure: RequestFailure; readonly detailedErrors: boolean };
