/** The cookies of one client. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes the `Set-Cookie` fields of an answer. */
  take({ headers }: { readonly headers: Headers }): this {
    for (const field of headers.getSetCookie()) {
      const [pair = '', ...attributes] = field.split('; ');
      const equals = pair.indexOf('=');
      const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
      if (attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute))) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return this;
  }

  get names(): string[] {
    return [...this.#cookies.keys()];
  }

  /** As it came, percent-encoded. */
  get(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  /** Fields of a request. */
  get headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return cookie === '' ? {} : { cookie };
  }
}

/** `Set-Cookie` fields with what differs from one to the next taken out: values and dates that lie ahead. */
export function shapesOf({ headers }: { readonly headers: Headers }): string[] {
  return headers
    .getSetCookie()
    .map((field) => field.replace(/=CfDJ8[^;]*/, '=…').replace(/C\d+=[\w-]+/, (text) => text.replace(/=.*/, '=…')))
    .map((field) => field.replace(/expires=\w+, \d+ \w+ 20\d\d [^;]*/, 'expires=…'));
}
