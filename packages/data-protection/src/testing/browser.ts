/** Keeps cookies as a browser does, all of one path, and sends them back. */
export class Browser {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  get cookieNames(): string[] {
    return [...this.#cookies.keys()];
  }

  async fetch(path: string, init: { method?: string; headers?: Record<string, string> } = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie !== '' && { cookie }) };
    const response = await fetch(this.#base + path, { ...init, headers });
    for (const field of response.headers.getSetCookie()) this.#keep(field);
    return response;
  }

  #keep(field: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? [];
    const expires = /; expires=([^;]+)/.exec(field)?.[1];
    if (expires !== undefined && Date.parse(expires) < Date.now()) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
