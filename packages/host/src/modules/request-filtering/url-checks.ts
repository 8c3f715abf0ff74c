import type { Route } from '../../gateway/pipeline/exchange.ts';
import { foldPath } from '../../gateway/pipeline/fold-path.ts';
import type { Check } from './denial.ts';
import { denial } from './denial.ts';
import type { RequestFilteringSettings } from './settings.ts';

const doubleEscaped = denial(404, 11);
const highBitCharacter = denial(404, 12);
const deniedUrlSequence = denial(404, 5);
const deniedQuerySequence = denial(404, 18);

/** A path that decoding once more would change: whoever decodes twice would see another path. */
export function checkDoubleEscaping(settings: RequestFilteringSettings): Check | undefined {
  if (settings.allowDoubleEscaping) return undefined;
  return ({ route }) =>
    route.cookedPath.includes('%') && /%[0-9a-f]{2}/i.test(route.cookedPath) ? doubleEscaped : undefined;
}

export function checkHighBitCharacters(settings: RequestFilteringSettings): Check | undefined {
  if (settings.allowHighBitCharacters) return undefined;
  return ({ route }) => (/[^\u0000-\u007f]/.test(route.cookedPath) ? highBitCharacter : undefined);
}

/** Sequences are looked for in the decoded path and in the path as sent. */
export function checkUrlSequences(settings: RequestFilteringSettings): Check | undefined {
  const sequences = settings.denyUrlSequences;
  if (sequences.length === 0) return undefined;
  const alwaysAllowed = new Set(settings.alwaysAllowedUrls);
  return ({ request, route }) => {
    const path = foldPath(route.cookedPath);
    if (alwaysAllowed.has(path)) return undefined;
    const sent = request.target.slice(0, request.target.length - route.query.length).toLowerCase();
    return sequences.some((sequence) => path.includes(sequence) || sent.includes(sequence))
      ? deniedUrlSequence
      : undefined;
  };
}

/** Sequences are looked for in the query as sent and, unless switched off, decoded. */
export function checkQuerySequences(settings: RequestFilteringSettings): Check | undefined {
  const sequences = settings.denyQueryStringSequences;
  if (sequences.length === 0) return undefined;
  const alwaysAllowed = new Set(settings.alwaysAllowedQueryStrings);
  return ({ route }) => {
    if (route.query.length < 2) return undefined;
    const sent = queryOf(route).toLowerCase();
    if (alwaysAllowed.has(sent)) return undefined;
    const decoded = settings.unescapeQueryString ? foldPath(unescapeBytes(sent)) : sent;
    return sequences.some((sequence) => sent.includes(sequence) || decoded.includes(sequence))
      ? deniedQuerySequence
      : undefined;
  };
}

/** Without its `?`. */
export function queryOf(route: Route): string {
  return route.query.slice(1);
}

/** Decodes every valid escape and keeps the others; bytes that are not UTF-8 become U+FFFD. */
export function unescapeBytes(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
