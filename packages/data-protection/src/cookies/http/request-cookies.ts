import { upperCase } from '../claims/ordinal-ignore-case.ts';
import { percentDecode } from './percent-encoding.ts';

/** Characters; more than Node.js takes by default (`--max-http-header-size`, 16 KiB) and room for a ticket of 60 KiB. */
export const defaultMaximumCookieLength = 64 * 1024;

/** `name=value`, the value perhaps in quotes: RFC 6265, section 4.1.1. */
const pairForm = /^([!#$%&'*+.^_`|~\w-]+)=([!#-+\--:<-[\]-~]*|"[!#-+\--:<-[\]-~]*")$/;

/**
 * The cookies of a request, read as ASP.NET Core does: names in any case, of two with one name the last, percent signs
 * decoded in values. What has not the form of a cookie is left out, and so are empty ones.
 */
export class RequestCookies {
  readonly #values = new Map<string, string>();

  /**
   * @param header the `Cookie` field, several joined with `;`; without one there are no cookies
   * @param maximumLength a longer field counts as none
   */
  constructor(header: string | null | undefined, maximumLength = defaultMaximumCookieLength) {
    if (typeof header !== 'string' || header.length > maximumLength) return;
    for (const part of header.split(';')) {
      const [, name, value] = pairForm.exec(part.trim()) ?? [];
      if (name !== undefined && value !== undefined && value !== '') this.#values.set(upperCase(name), value);
    }
  }

  get(name: string): string | null {
    const value = this.#values.get(upperCase(name));
    return value === undefined ? null : percentDecode(value);
  }
}
