import { catalogue } from './catalogue.ts';
import type { EventDefinition } from './event-definition.ts';
import type { Emit, EventFields, EventName, LoggedEvent } from './event.ts';
import { createRepeatLimit } from './repeat-limit.ts';

/**
 * The one place through which every event passes: it adds time, level, id and sentence, hands the event to
 * the sinks, and keeps the last ones for `poolhouse status`, the API's event stream and the web manager.
 */
export interface EventLog {
  readonly emit: Emit;
  /** Tells this run of the supervisor from another, so that a client knows when to start afresh. */
  readonly epoch: string;
  /** Number of the newest event; 0 when there was none. Numbers rise by one. */
  readonly last: number;
  /** Number of the oldest event still kept. */
  readonly first: number;
  /** Kept events after number `after`, oldest first, at most `limit`. */
  since(after: number, limit?: number): readonly NumberedEvent[];
  /** Calls `listener` after each event; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Reports what the repeat limit holds back, and stops its timer. */
  close(): void;
}

export interface NumberedEvent {
  readonly number: number;
  readonly event: LoggedEvent;
}

/** Takes an event to where people or programs read it. */
export type EventSink = (event: LoggedEvent) => void;

export interface EventLogOptions {
  readonly sinks: readonly EventSink[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Events kept for readers. Default 10,000. */
  readonly capacity?: number;
  /** Age at which a kept event is forgotten, milliseconds. Default 15 minutes. */
  readonly maxAgeMs?: number;
}

/** Longest text of a field, in characters; the module captures no more of an application's output. */
const fieldLimit = 30_000;

export function createEventLog(options: EventLogOptions): EventLog {
  const { sinks, now = Date.now, capacity = 10_000, maxAgeMs = 15 * 60_000 } = options;
  const kept: { readonly at: number; readonly event: LoggedEvent }[] = [];
  const listeners = new Set<() => void>();
  const repeats = createRepeatLimit<HeldEvent>();
  let last = 0;
  let timer: NodeJS.Timeout | undefined;

  function record(name: EventName, fields: EventFields): void {
    const at = now();
    const event = describeEvent(name, fields, at);
    last += 1;
    kept.push({ at, event });
    while (kept.length > capacity || (kept[0] !== undefined && kept[0].at < at - maxAgeMs)) kept.shift();
    for (const sink of sinks) quietly(() => sink(event));
    for (const listener of listeners) quietly(listener);
  }

  function releaseDue(at: number): void {
    for (const { value, repeated } of repeats.due(at)) record(value.name, { ...value.fields, repeated });
    schedule(at);
  }

  function schedule(at: number): void {
    clearTimeout(timer);
    const due = repeats.nextDue();
    timer = due === undefined ? undefined : setTimeout(() => releaseDue(now()), Math.max(0, due - at)).unref();
  }

  return {
    emit(name, fields) {
      const by = definitionOf(name).repeatsBy;
      if (by === undefined) return record(name, fields);
      const at = now();
      const key = JSON.stringify([name, ...by.map((field) => (fields as EventFields)[field])]);
      if (repeats.offer(key, { name, fields }, at)) record(name, fields);
      else if (timer === undefined) schedule(at);
    },
    epoch: now().toString(36),
    get last() {
      return last;
    },
    get first() {
      return last - kept.length + 1;
    },
    since(after, limit = capacity) {
      const start = Math.max(0, after - (last - kept.length));
      return kept
        .slice(start, start + limit)
        .map(({ event }, index) => ({ number: last - kept.length + start + index + 1, event }));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      releaseDue(Number.POSITIVE_INFINITY);
      clearTimeout(timer);
    },
  };
}

/**
 * A gateway's events come by name from another process, so a name may be one that the catalogue does not have:
 * that is reported as it is rather than lost, and must not stop the supervisor.
 */
function definitionOf(name: string): EventDefinition<EventFields> {
  if (Object.hasOwn(catalogue, name)) return catalogue[name as EventName] as EventDefinition<EventFields>;
  return { level: 'error', text: () => `an event without a place in the catalogue: ${name}` };
}

interface HeldEvent {
  readonly name: EventName;
  readonly fields: EventFields;
}

function describeEvent(name: EventName, fields: EventFields, at: number): LoggedEvent {
  const definition = definitionOf(name);
  const bounded = boundFields(fields);
  const winId = windowsId(definition, bounded);
  const repeated = bounded['repeated'];
  const sentence = sentenceOf(definition, bounded) ?? name;
  return {
    time: new Date(at).toISOString(),
    level: definition.level,
    event: name,
    ...(winId !== undefined && { winId }),
    message: repeated === undefined ? sentence : `${sentence} (${repeated} more in the last 10 s)`,
    fields: bounded,
  };
}

/** A gateway's event may lack a field that the sentence needs; a log that throws would hide everything after it. */
function sentenceOf(definition: EventDefinition<EventFields>, fields: EventFields): string | undefined {
  try {
    return definition.text(fields);
  } catch {
    return undefined;
  }
}

function boundFields(fields: EventFields): EventFields {
  const bounded: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    bounded[name] = typeof value === 'string' && value.length > fieldLimit ? value.slice(0, fieldLimit) : value;
  }
  return bounded;
}

function windowsId({ winId }: EventDefinition<EventFields>, fields: EventFields): number | undefined {
  if (winId === undefined || typeof winId === 'number') return winId;
  for (const [field, ids] of Object.entries(winId)) {
    const id = ids?.[String(fields[field])];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** A sink or listener that fails must not stop what it was told about, nor keep it from the next. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // There is nowhere left to report it: reporting is what failed.
  }
}
