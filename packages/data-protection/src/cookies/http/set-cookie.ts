import { percentEncode } from './percent-encoding.ts';

/** Attributes of a cookie that is written. */
export interface SetCookieOptions {
  /** Default `/`. */
  readonly path?: string;
  /** Default: the host that answers, and no other. */
  readonly domain?: string;
  /** Without it and `maxAgeSeconds` the cookie ends with the browser's session. */
  readonly expires?: Date;
  readonly maxAgeSeconds?: number;
  readonly secure?: boolean;
  /** Default: the attribute is not written. */
  readonly sameSite?: SameSite;
  readonly httpOnly?: boolean;
}

export type SameSite = 'lax' | 'strict' | 'none';

/** A token of HTTP. */
const nameForm = /^[!#$%&'*+.^_`|~\w-]+$/;
const attributeForm = /^[\x20-\x3a\x3c-\x7e]*$/;

/**
 * The text of a `Set-Cookie` field, with its attributes in the order of ASP.NET Core.
 *
 * @param value is percent-encoded; base64url is not changed by that
 * @throws TypeError for a name, path or domain that would mean something else in the field
 */
export function formatSetCookie(name: string, value: string, options: SetCookieOptions = {}): string {
  if (!nameForm.test(name))
    throw new TypeError(`The name of a cookie is a token of HTTP, not ${JSON.stringify(name)}.`);
  const { path = '/', domain = '', expires, maxAgeSeconds, secure, sameSite, httpOnly } = options;
  let text = `${name}=${percentEncode(value)}`;
  if (expires !== undefined) text += `; expires=${dateText(expires)}`;
  if (maxAgeSeconds !== undefined) text += `; max-age=${seconds(maxAgeSeconds)}`;
  if (domain !== '') text += `; domain=${attribute('domain', domain)}`;
  if (path !== '') text += `; path=${attribute('path', path)}`;
  if (secure === true) text += '; secure';
  if (sameSite !== undefined) text += `; samesite=${sameSite}`;
  if (httpOnly === true) text += '; httponly';
  return text;
}

function attribute(kind: string, value: string): string {
  if (attributeForm.test(value)) return value;
  throw new TypeError(
    `The ${kind} of a cookie has neither ";" nor characters outside ASCII: ${JSON.stringify(value)}.`,
  );
}

function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new TypeError('The expiry of a cookie is an invalid Date.');
  return date.toUTCString();
}

function seconds(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError(`maxAgeSeconds is a number of seconds, not ${value}.`);
  return Math.floor(value);
}
