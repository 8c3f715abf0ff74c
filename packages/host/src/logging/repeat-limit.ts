/**
 * Which of many equal events are reported: the first at once, then one per interval that says how many it
 * stands for. Pure: the caller brings the time and asks `due` when `nextDue` has come.
 */
export interface RepeatLimit<Value> {
  /** True: report it now. False: it is counted, `due` will return it. */
  offer(key: string, value: Value, now: number): boolean;
  /** What must be reported by now: the latest of each key, with the number it stands for. */
  due(now: number): readonly { readonly value: Value; readonly repeated: number }[];
  /** When `due` will next have something; undefined while nothing is held. */
  nextDue(): number | undefined;
}

export interface RepeatLimitOptions {
  /** Milliseconds. Default 10,000. */
  readonly intervalMs?: number;
  /** Keys watched at a time; one that holds nothing gives way, else the oldest. Default 1,000. */
  readonly maxKeys?: number;
}

interface Window<Value> {
  ends: number;
  held: { readonly value: Value; repeated: number } | undefined;
}

export function createRepeatLimit<Value>(options: RepeatLimitOptions = {}): RepeatLimit<Value> {
  const { intervalMs = 10_000, maxKeys = 1_000 } = options;
  /** In the order in which the windows opened, so the first is the first to end. */
  const windows = new Map<string, Window<Value>>();

  return {
    offer(key, value, now) {
      const window = windows.get(key);
      if (window !== undefined && (now < window.ends || window.held !== undefined)) {
        window.held = { value, repeated: (window.held?.repeated ?? 0) + 1 };
        return false;
      }
      windows.delete(key);
      if (windows.size >= maxKeys) makeRoom();
      windows.set(key, { ends: now + intervalMs, held: undefined });
      return true;
    },
    due(now) {
      const due = [];
      for (const [key, window] of [...windows]) {
        if (window.ends > now) continue;
        windows.delete(key);
        if (window.held === undefined) continue;
        due.push(window.held);
        // What was just reported opens the next interval; one that lasts for ever would report no more.
        windows.set(key, { ends: now + intervalMs, held: undefined });
      }
      return due;
    },
    nextDue() {
      for (const window of windows.values()) if (window.held !== undefined) return window.ends;
      return undefined;
    },
  };

  function makeRoom(): void {
    let oldest: string | undefined;
    for (const [key, window] of windows) {
      if (window.held === undefined) return void windows.delete(key);
      oldest ??= key;
    }
    if (oldest !== undefined) windows.delete(oldest);
  }
}
