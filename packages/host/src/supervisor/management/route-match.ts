import { RequestRefused } from './problems.ts';

/** What the matching needs of a route. */
export interface RoutePattern {
  readonly method: string;
  /** `{name}` stands for one segment. */
  readonly path: string;
}

/**
 * Finds the route of a request target. A name may hold anything: it arrives percent-encoded as UTF-8.
 *
 * @throws RequestRefused `not-found`, `method-not-allowed` (with Allow) or `malformed`
 */
export function matchRoute<Route extends RoutePattern>(
  routes: readonly Route[],
  method: string,
  target: string,
): { readonly route: Route; readonly name: string; readonly query: URLSearchParams } {
  const [path, search] = splitOnce(target, '?');
  const segments = path.split('/');
  const candidates = routes.filter((route) => pathMatches(route.path, segments));
  if (candidates.length === 0) {
    throw new RequestRefused('not-found', `There is no ${JSON.stringify(path)} here; see GET /api.`);
  }
  const route = candidates.find((candidate) => candidate.method === method);
  if (route === undefined) {
    const allow = candidates.map((candidate) => candidate.method).join(', ');
    throw new RequestRefused('method-not-allowed', `${path} takes ${allow}, not ${method}.`, { allow });
  }
  const position = route.path.split('/').indexOf('{name}');
  return { route, name: position === -1 ? '' : decode(segments[position] ?? ''), query: new URLSearchParams(search) };
}

function pathMatches(pattern: string, segments: readonly string[]): boolean {
  const expected = pattern.split('/');
  return (
    expected.length === segments.length &&
    expected.every((part, index) => (part === '{name}' ? segments[index] !== '' : part === segments[index]))
  );
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestRefused('malformed', `${JSON.stringify(segment)} is not percent-encoded UTF-8.`);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
