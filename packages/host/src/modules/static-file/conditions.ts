import type { RequestHead } from '../../gateway/pipeline/exchange.ts';
import { namesEntityTag } from './entity-tag.ts';
import { parseHttpDate } from './http-date.ts';

/** What identifies the selected representation. */
export interface Validators {
  /** Undefined where `setEtag` is off. */
  readonly etag: string | undefined;
  /** Milliseconds, whole seconds. */
  readonly lastModified: number;
}

export type ConditionResult = 'proceed' | 'not-modified' | 'precondition-failed';

/** Preconditions of a GET or HEAD in the order of RFC 9110 §13.2.2; fields that cannot be read are ignored. */
export function evaluateConditions(request: RequestHead, current: Validators, now: number): ConditionResult {
  const ifMatch = request.header('if-match');
  const ifNoneMatch = request.header('if-none-match');
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current, false)) return 'precondition-failed';
  } else {
    const unmodifiedSince = dateOf(request, 'if-unmodified-since', now);
    if (unmodifiedSince !== undefined && current.lastModified > unmodifiedSince) return 'precondition-failed';
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, current, true) ? 'not-modified' : 'proceed';
  const modifiedSince = dateOf(request, 'if-modified-since', now);
  return modifiedSince !== undefined && current.lastModified <= modifiedSince ? 'not-modified' : 'proceed';
}

/** Whether `If-Range`, when there is one, still means this representation; else the range is ignored. */
export function rangeApplies(request: RequestHead, current: Validators, now: number): boolean {
  const ifRange = request.header('if-range');
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return ifRange === current.etag;
  return parseHttpDate(ifRange, now) === current.lastModified;
}

function matches(field: string, { etag }: Validators, weak: boolean): boolean {
  return etag === undefined ? field.trim() === '*' : namesEntityTag(field, etag, weak);
}

function dateOf(request: RequestHead, name: string, now: number): number | undefined {
  const text = request.header(name);
  return text === undefined ? undefined : parseHttpDate(text, now);
}
