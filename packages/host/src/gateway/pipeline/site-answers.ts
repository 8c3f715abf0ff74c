import type { RequestFailure } from '@poolhouse/contract';
import type { Answer } from './exchange.ts';

/** Answers that the gateway gives in the name of a site, with their pages; given by the modules. */
export interface SiteAnswers {
  status(status: number, subStatus: number): Answer;
  /** `detailed`: the client may see `failure.detail`. */
  failure(failure: RequestFailure, detailed: boolean): Answer;
}
