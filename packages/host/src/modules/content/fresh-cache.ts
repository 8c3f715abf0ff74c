/**
 * Values that hold for a short time, bounded in number and in weight. What was set last stays longest. The
 * caller brings the time, in milliseconds.
 */
export interface FreshCache<Value> {
  get(key: string, now: number): Value | undefined;
  /** The value even when it is no longer fresh, to compare with a new one. */
  peek(key: string): Value | undefined;
  set(key: string, value: Value, now: number): void;
  delete(key: string): void;
}

export interface FreshCacheOptions<Value> {
  /** Milliseconds for which a value is believed. */
  readonly freshMs: number;
  readonly maxEntries: number;
  readonly maxWeight: number;
  weigh(value: Value): number;
}

export function createFreshCache<Value>(options: FreshCacheOptions<Value>): FreshCache<Value> {
  const { freshMs, maxEntries, maxWeight, weigh } = options;
  const entries = new Map<string, { readonly value: Value; readonly until: number }>();
  let weight = 0;

  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    weight -= weigh(entry.value);
  };

  return {
    get(key, now) {
      const entry = entries.get(key);
      return entry !== undefined && now < entry.until ? entry.value : undefined;
    },
    peek: (key) => entries.get(key)?.value,
    set(key, value, now) {
      remove(key);
      const added = weigh(value);
      if (added > maxWeight) return;
      entries.set(key, { value, until: now + freshMs });
      weight += added;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && weight <= maxWeight) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
