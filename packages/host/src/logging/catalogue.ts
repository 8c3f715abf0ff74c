import type { EventFields } from './event.ts';

/**
 * Every event that Poolhouse can report, in one place. To add one, add a line: name, level, the Windows
 * event id that alert rules may know it by (see docs/reference/events.md), and the sentence for people. The fields are
 * the parameter of `text`.
 *
 * A field never holds a secret: no token, no environment value, no header of a request.
 */
export const catalogue = {
  'supervisor.started': define(
    'info',
    (e: { version: string; pid: number }) => `Poolhouse ${e.version} started (pid ${e.pid})`,
  ),
  'supervisor.stopping': define('info', (e: { reason: string }) => `stopping: ${e.reason}`),
  'supervisor.stopped': define('info', (_: Record<never, never>) => 'stopped'),
} as const;

export interface EventDefinition<Fields extends EventFields> {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: (fields: Fields) => string;
  readonly winId?: number;
}

function define<Fields extends EventFields>(
  level: EventDefinition<Fields>['level'],
  text: (fields: Fields) => string,
  winId?: number,
): EventDefinition<Fields> {
  return winId === undefined ? { level, text } : { level, text, winId };
}
