import type { ForwardOptions, ModuleServices } from '../../gateway/pipeline/module.ts';
import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import type { EventName } from '../../logging/index.ts';

/** Services that record what a module asks for; time stands still until a test moves it. */
export interface RecordedServices extends ModuleServices {
  readonly forwarded: { readonly exchange: Exchange; readonly options: ForwardOptions }[];
  readonly events: { readonly name: EventName; readonly fields: unknown }[];
  /** Moves the monotonic clock and the date. Milliseconds. */
  advance(ms: number): void;
}

/** Sunday, 22 November 2026, 10:00:00 UTC. */
export const startEpoch = Date.UTC(2026, 10, 22, 10);

export function recordedServices(): RecordedServices {
  const forwarded: RecordedServices['forwarded'] = [];
  const events: RecordedServices['events'] = [];
  const shared = new Map<symbol, unknown>();
  let elapsed = 0;
  return {
    forwarded,
    events,
    advance: (ms) => void (elapsed += ms),
    now: () => 5_000 + elapsed,
    epoch: () => startEpoch + elapsed,
    emit: (name, fields) => void events.push({ name, fields }),
    forward: (exchange, options) => void forwarded.push({ exchange, options }),
    shared<Value>(key: symbol, create: () => Value): Value {
      if (!shared.has(key)) shared.set(key, create());
      return shared.get(key) as Value;
    },
  };
}
