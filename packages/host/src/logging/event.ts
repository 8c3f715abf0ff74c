import type { catalogue } from './catalogue.ts';

export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type EventName = keyof typeof catalogue;
export type FieldsOf<Name extends EventName> = Parameters<(typeof catalogue)[Name]['text']>[0];

/** Reports an event; never throws and never waits. */
export type Emit = <Name extends EventName>(name: Name, fields: FieldsOf<Name>) => void;

/** An event as the sinks, the API and `--json` show it. */
export interface LoggedEvent {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly winId?: number;
  readonly message: string;
  readonly fields: EventFields;
}
