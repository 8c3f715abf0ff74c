import type { GatewayLimits } from '@poolhouse/contract';

/** The parts of a request target that decisions and forwarding use; nothing downstream parses the target again. */
export interface CanonicalTarget {
  /** Decoded, dot segments removed, every reading of a separator split, repeated slashes collapsed: for decisions. */
  readonly cookedPath: string;
  /** As sent but for dot segments, with `\` as `%5C`: what the application sees. */
  readonly forwardPath: string;
  /** With its `?`; empty when there is none. */
  readonly query: string;
  readonly encodedSeparator: boolean;
}

export type SegmentLimits = Pick<GatewayLimits, 'urlSegmentMaxCount' | 'urlSegmentMaxLength'>;

/**
 * Reads a target in origin form in one pass, or returns undefined when it must be refused with 400.
 *
 * `cookedPath` is always the decoded reading of `forwardPath`, so what is decided here and what the
 * application sees cannot differ. Whatever two readers might understand differently is refused: a `%`
 * without two hexadecimal digits, invalid UTF-8, control characters, a climb above the root, and dot
 * segments beside an encoded separator (`a%2f..%2fb`), which no honest client sends.
 */
export function canonicalizeTarget(target: string, limits: SegmentLimits): CanonicalTarget | undefined {
  if (target === '*') return { cookedPath: '/', forwardPath: '*', query: '', encodedSeparator: false };
  if (target.charCodeAt(0) !== slash) return undefined;
  let plain = true;
  let segments = 0;
  let start = 1;
  let end = 1;
  for (; end < target.length; end += 1) {
    const code = target.charCodeAt(end);
    if (code === question) break;
    if (code === slash) {
      if (end === start) plain = false;
      else if (end - start > limits.urlSegmentMaxLength) plain = false;
      segments += 1;
      start = end + 1;
    } else if (code === percent || code === backslash || (code === dot && end === start)) {
      plain = false;
    } else if (isForbidden(code)) {
      return undefined;
    }
  }
  if (end > start) segments += 1;
  for (let index = end + 1; index < target.length; index += 1) {
    if (isForbidden(target.charCodeAt(index))) return undefined;
  }
  const path = end === target.length ? target : target.slice(0, end);
  const query = end === target.length ? '' : target.slice(end);
  if (!plain || end - start > limits.urlSegmentMaxLength) return canonicalizePath(path, query, limits);
  if (segments > limits.urlSegmentMaxCount) return undefined;
  return { cookedPath: path, forwardPath: path, query, encodedSeparator: false };
}

/** The long way, for paths with an escape, a backslash, a dot or an empty segment. */
function canonicalizePath(path: string, query: string, limits: SegmentLimits): CanonicalTarget | undefined {
  const sent = path.slice(1).split('/');
  const kept: Segment[] = [];
  let depth = 0;
  for (const [index, raw] of sent.entries()) {
    const segment = readSegment(raw, limits.urlSegmentMaxLength);
    if (segment === undefined) return undefined;
    const isDot = segment.text === '.' || segment.text === '..';
    if (!isDot) {
      kept.push(segment);
      depth += segment.names.length;
      continue;
    }
    if (segment.text === '..') {
      // Counted in names, so that `//..` and `/%2f/..` are the climb that a reader who merges slashes sees.
      if (depth === 0) return undefined;
      depth -= kept.pop()?.names.length ?? 0;
    }
    if (index === sent.length - 1) kept.push(emptySegment);
  }
  if (kept.filter((segment) => segment.raw !== '').length > limits.urlSegmentMaxCount) return undefined;
  const names = kept.flatMap((segment) => segment.names);
  return {
    cookedPath: names.length === 0 ? '/' : `/${names.join('/')}${kept.at(-1)?.endsInSeparator === true ? '/' : ''}`,
    forwardPath: `/${kept.map((segment) => segment.raw).join('/')}`,
    query,
    encodedSeparator: kept.some((segment) => segment.hasSeparator),
  };
}

/** What stands between two slashes of the raw path. */
interface Segment {
  readonly raw: string;
  readonly text: string;
  /** Names after splitting at encoded separators, without empty ones. */
  readonly names: readonly string[];
  readonly hasSeparator: boolean;
  readonly endsInSeparator: boolean;
}

const emptySegment: Segment = { raw: '', text: '', names: [], hasSeparator: false, endsInSeparator: true };

function readSegment(raw: string, maxLength: number): Segment | undefined {
  if (raw === '') return emptySegment;
  const text = decode(raw);
  if (text === undefined || text.length > maxLength || /[\u0000-\u001f\u007f-\u009f]/.test(text)) return undefined;
  const parts = text.split(/[/\\]/);
  if (parts.length === 1) return { raw, text, names: [text], hasSeparator: false, endsInSeparator: false };
  if (parts.includes('.') || parts.includes('..')) return undefined;
  return {
    raw: raw.replaceAll('\\', '%5C'),
    text,
    names: parts.filter((part) => part !== ''),
    hasSeparator: true,
    endsInSeparator: parts.at(-1) === '',
  };
}

/** Decodes once; undefined for a bad escape and for bytes that are not shortest-form UTF-8. */
function decode(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

const slash = 0x2f;
const question = 0x3f;
const percent = 0x25;
const backslash = 0x5c;
const dot = 0x2e;
const hash = 0x23;

/** Controls, space, DEL and everything that is not ASCII; a fragment never belongs into a request. */
function isForbidden(code: number): boolean {
  return code <= 0x20 || code >= 0x7f || code === hash;
}
