import type { IncomingMessage } from 'node:http';
import { eventHeader, shutdownPath } from '@poolhouse/contract';

const eventKey = eventHeader.toLowerCase();

/**
 * Whether a request, already known to come from the gateway, asks the process to stop: `POST`, exactly the
 * shutdown path below the path base, and the event `shutdown`. Anything less is an ordinary request.
 *
 * @param target the request's target without the path base
 */
export function isShutdownMessage(request: IncomingMessage, target: string): boolean {
  if (request.method !== 'POST') return false;
  const event = request.headers[eventKey];
  if (typeof event !== 'string' || event.toLowerCase() !== 'shutdown') return false;
  const query = target.indexOf('?');
  return (query === -1 ? target : target.slice(0, query)).toLowerCase() === shutdownPath;
}
