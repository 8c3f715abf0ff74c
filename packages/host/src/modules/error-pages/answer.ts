import type { RequestFailure } from '@poolhouse/contract';
import type { Answer } from '../../gateway/pipeline/exchange.ts';
import { renderErrorPage } from './error-page.ts';
import type { ErrorPageOptions } from './error-page.ts';
import { renderStatusPage } from './status-page.ts';

type Fields = NonNullable<Answer['headers']>;

const html: Fields = [['Content-Type', 'text/html; charset=utf-8']];

/** An answer with the short page of its status. */
export function statusAnswer(status: number, subStatus = 0, headers: Fields = []): Answer {
  return { status, subStatus, headers: [...html, ...headers], body: renderStatusPage(status) };
}

/**
 * The answer to a request whose application cannot answer: the page with causes and steps, or, where the
 * module's page is switched off (`page` false), the short one. `detailed` shows `detail` to the client.
 */
export function failureAnswer(failure: RequestFailure, detailed: boolean, options: ErrorPageOptions = {}): Answer {
  if (!failure.page) return statusAnswer(failure.status, failure.subStatus);
  const { status, subStatus, title, detail } = failure;
  const shown = detailed && detail !== undefined ? { status, subStatus, title, detail } : { status, subStatus, title };
  return { status, subStatus, headers: html, body: renderErrorPage(shown, options) };
}
