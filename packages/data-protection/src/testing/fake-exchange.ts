import type { HttpExchange } from '../cookies/http/http-exchange.ts';

export interface FakeExchange extends HttpExchange {
  readonly setCookies: string[];
  readonly responseHeaders: Map<string, string>;
}

/** An exchange without a server. */
export function fakeExchange(
  cookieHeader?: string,
  { isHttps = false, pathBase = '', headers = {} as Record<string, string> } = {},
): FakeExchange {
  const setCookies: string[] = [];
  const responseHeaders = new Map<string, string>();
  return {
    cookieHeader,
    isHttps,
    pathBase,
    header: (name) => headers[name] ?? null,
    setCookies,
    responseHeaders,
    appendSetCookie: (text) => void setCookies.push(text),
    setHeader: (name, value) => void responseHeaders.set(name, value),
    hasHeader: (name) => responseHeaders.has(name),
  };
}

/** What a browser sends after these `Set-Cookie` fields. */
export function cookieHeaderOf(setCookies: readonly string[]): string {
  return setCookies.map((field) => field.slice(0, field.indexOf(';'))).join('; ');
}
