import { parseHttpDate } from './http-date.ts';

const issuedKey = '.issued';
const expiresKey = '.expires';
const persistentKey = '.persistent';
const redirectKey = '.redirect';
const refreshKey = '.refresh';
const tokenNamesKey = '.TokenNames';
const tokenPrefix = '.Token.';

/**
 * What travels beside the principal: text by key, of which some keys have a meaning. ASP.NET Core:
 * `AuthenticationProperties`. Dates have whole seconds.
 */
export class AuthenticationProperties {
  readonly items: Map<string, string>;

  constructor(items: Iterable<readonly [string, string]> | Readonly<Record<string, string>> = []) {
    this.items = new Map(Symbol.iterator in items ? items : Object.entries(items));
  }

  /** When the ticket was issued; null when it does not say, or in no form of a date. */
  get issuedUtc(): Date | null {
    return this.#date(issuedKey);
  }

  set issuedUtc(date: Date | null) {
    this.#set(issuedKey, date === null ? null : textOfDate(date));
  }

  /** The last second in which the ticket is valid; null when it does not say, or in no form of a date. */
  get expiresUtc(): Date | null {
    return this.#date(expiresKey);
  }

  set expiresUtc(date: Date | null) {
    this.#set(expiresKey, date === null ? null : textOfDate(date));
  }

  /** Whether there is an expiry that cannot be read, which .NET takes for none. */
  get hasUnreadableExpiry(): boolean {
    return this.items.has(expiresKey) && this.expiresUtc === null;
  }

  /** Whether the cookie outlives the browser's session. */
  get isPersistent(): boolean {
    return this.items.has(persistentKey);
  }

  set isPersistent(persistent: boolean) {
    this.#set(persistentKey, persistent ? '' : null);
  }

  /** Whether sliding renewal may prolong the ticket; null means yes. */
  get allowRefresh(): boolean | null {
    const text = this.items.get(refreshKey)?.trim().toLowerCase();
    return text === 'true' ? true : text === 'false' ? false : null;
  }

  set allowRefresh(allow: boolean | null) {
    this.#set(refreshKey, allow === null ? null : allow ? 'True' : 'False');
  }

  /** Where the browser goes after the sign-in; the case of a remote provider. */
  get redirectUri(): string | null {
    return this.items.get(redirectKey) ?? null;
  }

  set redirectUri(uri: string | null) {
    this.#set(redirectKey, uri);
  }

  /** Tokens that a remote provider issued, by name, such as `access_token`. */
  get tokens(): Map<string, string> {
    const names = this.items.get(tokenNamesKey)?.split(';') ?? [];
    const tokens = new Map<string, string>();
    for (const name of names) {
      const value = this.items.get(tokenPrefix + name);
      if (value !== undefined) tokens.set(name, value);
    }
    return tokens;
  }

  /** Replaces all of them. @throws TypeError for a name with `;`, which separates names */
  set tokens(tokens: ReadonlyMap<string, string>) {
    const given = [...tokens];
    for (const [name] of given) {
      if (name.includes(';')) throw new TypeError(`The name of a token has no ";": ${JSON.stringify(name)}.`);
    }
    for (const name of this.tokens.keys()) this.items.delete(tokenPrefix + name);
    this.items.delete(tokenNamesKey);
    for (const [name, value] of given) this.items.set(tokenPrefix + name, value);
    if (given.length > 0) this.items.set(tokenNamesKey, given.map(([name]) => name).join(';'));
  }

  clone(): AuthenticationProperties {
    return new AuthenticationProperties(this.items);
  }

  #date(key: string): Date | null {
    const text = this.items.get(key);
    return text === undefined ? null : parseHttpDate(text);
  }

  #set(key: string, text: string | null): void {
    if (text === null) this.items.delete(key);
    else this.items.set(key, text);
  }
}

function textOfDate(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new TypeError('The date of a ticket is an invalid Date.');
  return date.toUTCString();
}
