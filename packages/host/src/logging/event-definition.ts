import type { EventFields } from './event.ts';

/** What the catalogue knows of one event. */
export interface EventDefinition<Fields extends EventFields> {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: (fields: Fields) => string;
  /** The Windows id, or one for each value of a field. */
  readonly winId?: number | WinIdByField<Fields>;
  /** Fields whose values make two events "the same": of those only the first and one per 10 s are reported. */
  readonly repeatsBy?: readonly (keyof Fields & string)[];
}

export type WinIdByField<Fields> = { readonly [Field in keyof Fields]?: Readonly<Record<string, number>> };

export function define<Fields extends EventFields>(
  level: EventDefinition<Fields>['level'],
  text: (fields: Fields) => string,
  winId?: number | WinIdByField<Fields>,
): EventDefinition<Fields> {
  return winId === undefined ? { level, text } : { level, text, winId };
}

/** Marks an event that can occur thousands of times a second. */
export function repeating<Fields extends EventFields>(
  definition: EventDefinition<Fields>,
  ...by: (keyof Fields & string)[]
): EventDefinition<Fields> {
  return { ...definition, repeatsBy: by };
}
