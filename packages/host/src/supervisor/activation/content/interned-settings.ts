/** Settings of a site, equal ones once: scopes refer to them by index, and most scopes have the same. */
export class InternedSettings {
  readonly #settings: unknown[] = [];
  readonly #indexes = new Map<string, number>();

  get list(): readonly unknown[] {
    return this.#settings;
  }

  /** Index of the settings; they are compared as JSON, which is how they reach the gateway. */
  add(settings: unknown): number {
    const key = JSON.stringify(settings);
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.#settings.push(settings) - 1;
      this.#indexes.set(key, index);
    }
    return index;
  }
}
