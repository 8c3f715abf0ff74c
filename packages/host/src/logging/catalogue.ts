import { applicationEvents } from './events/application-events.ts';
import { gatewayEvents } from './events/gateway-events.ts';
import { hostEvents } from './events/host-events.ts';
import { keyRingEvents } from './events/key-ring-events.ts';
import { poolEvents } from './events/pool-events.ts';
import { workerEvents } from './events/worker-events.ts';

/**
 * Every event that Poolhouse can report. To add one, add a line to the file of its subject in `events/`: name,
 * level, the sentence for people (its parameter declares the fields), the Windows event id that alert rules may
 * know it by; and a row in docs/reference/events.md, which a test compares with this table.
 *
 * Ids from 5000 are those of Microsoft-Windows-WAS, 1000 to 1036 those of the ASP.NET Core Module, 9001 of
 * AppHostSvc. A field never holds a secret: no token, no environment value, no header of a request.
 */
export const catalogue = {
  ...hostEvents,
  ...gatewayEvents,
  ...poolEvents,
  ...workerEvents,
  ...applicationEvents,
  ...keyRingEvents,
} as const;

/** The first words of their names, by which a stream of events can be narrowed. */
export const eventTopics: ReadonlySet<string> = new Set(
  Object.keys(catalogue).map((name) => name.slice(0, name.indexOf('.'))),
);
