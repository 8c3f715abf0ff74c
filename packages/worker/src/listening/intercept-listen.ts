import type { InternalServer, NodeInternals } from '../node-internals.ts';
import type { Listeners } from './listeners.ts';

/**
 * Leads `net.Server.prototype.listen` of HTTP servers to `listeners`, by the method in which all its forms end.
 * Paths, descriptors and handles pass through.
 *
 * @param other told of every other server that asks for a port; false = it must not listen
 */
export function interceptListen(
  { serverPrototype }: Pick<NodeInternals, 'serverPrototype'>,
  listeners: Listeners,
  other: (server: InternalServer, port: number) => boolean,
): void {
  const listen2 = serverPrototype._listen2;
  serverPrototype._listen2 = function (address, port, addressType, backlog, fd, flags) {
    const asksForPort = this._handle === null && typeof port === 'number' && port >= 0 && typeof fd !== 'number';
    if (asksForPort) {
      if (listeners.listen(this, address, port, backlog, flags ?? 0)) return;
      if (!other(this, port)) return;
    }
    listen2.call(this, address, port, addressType, backlog, fd, flags);
  };
}
