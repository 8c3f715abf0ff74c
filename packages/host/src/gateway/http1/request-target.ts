/** A request target reduced to what the rest of the gateway works with. */
export interface RequestTarget {
  /** Origin form, or `*`. */
  readonly path: string;
  /** Authority of an absolute-form target; undefined for the other forms. */
  readonly authority: string | undefined;
}

/**
 * Reads the target of any method but CONNECT; undefined when its form is not allowed: origin form always,
 * `*` with OPTIONS only, absolute form only with the scheme of the connection, authority form never.
 */
export function readTarget(method: string, target: string, secure: boolean): RequestTarget | undefined {
  if (target.charCodeAt(0) === 0x2f) return { path: target, authority: undefined };
  if (target === '*') return method === 'OPTIONS' ? { path: target, authority: undefined } : undefined;
  const scheme = secure ? 'https' : 'http';
  const start = scheme.length + 3;
  if (target.slice(0, start).toLowerCase() !== `${scheme}://`) return undefined;
  const length = target.slice(start).search(/[/?]/);
  if (length === -1) return { path: '/', authority: target.slice(start) };
  const rest = target.slice(start + length);
  return { path: rest.startsWith('?') ? `/${rest}` : rest, authority: target.slice(start, start + length) };
}
