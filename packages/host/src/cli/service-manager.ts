import { createServiceNotifier, findGivenSockets } from '../linux/index.ts';
import type { GivenSocket, ServiceNotifier } from '../linux/index.ts';
import type { EventLog } from '../logging/index.ts';
import type { StatusSnapshot } from '../supervisor/management/index.ts';
import type { System } from './command.ts';

/** What the service manager that started us gave us and wants to hear; nothing in both when there is none. */
export interface ServiceManager {
  readonly sockets: readonly GivenSocket[];
  readonly notifier: ServiceNotifier;
}

/** Reads what systemd tells this process in its environment, and reports what is wrong with it. */
export function readServiceManager({ environment, pid }: System, { emit }: EventLog): ServiceManager {
  const { sockets, problems } = findGivenSockets(environment, pid);
  for (const detail of problems) emit('service.sockets_invalid', { detail });
  const notifier = createServiceNotifier({
    ...{ environment, pid },
    missing: (program) => emit('service.notify_unavailable', { program }),
    failed: (error) => emit('service.notify_failed', { error }),
  });
  return { sockets, notifier };
}

/** The line of `systemctl status`. */
export function serviceStatus({ sites, pools, revision, health }: StatusSnapshot): string {
  const counts = `revision ${revision}: ${sites.length} site${sites.length === 1 ? '' : 's'}, ${pools.length} pool${pools.length === 1 ? '' : 's'}`;
  return health === 'degraded' ? `${counts}; something is wrong, see poolhouse status` : counts;
}
