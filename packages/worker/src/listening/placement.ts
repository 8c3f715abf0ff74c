/**
 * What a listening HTTP server is to the worker.
 *
 * - `application`: gets the gateway's connections
 * - `candidate`: on a port that nobody told it; is the application unless one listens on `PORT`
 * - `alias`: the application's port again on another address (Fastify's `localhost` is 127.0.0.1 and ::1)
 * - `other`: metrics and the like; really bound
 */
export type Role = 'application' | 'candidate' | 'alias' | 'other';

export interface ListenAddress {
  /** Numeric; `::` when the application named none. */
  readonly address: string;
  readonly ipv6Only: boolean;
}

export interface PlacedListener extends ListenAddress {
  readonly role: Role;
  /** 0 when the application asked for any port. */
  readonly askedPort: number;
  /** What `address()` says. */
  readonly port: number;
}

export type Placement<Listener> =
  | { readonly inUse: true }
  | {
      readonly inUse: false;
      readonly role: Role;
      readonly port: number;
      /** Had the place until now, and is really bound from now on. */
      readonly displaced?: Listener;
    };

/**
 * Decides the role of the next HTTP server from those that listen.
 *
 * "The first that listens" is wrong: a metrics server often comes first. The one on `PORT` is the application;
 * without one, a server on port 0; without that, the first one, for which `candidate` keeps the place.
 *
 * @param applicationPort the number in `PORT`
 */
export function placeListener<Listener extends PlacedListener>(
  listening: readonly Listener[],
  asked: ListenAddress & { readonly port: number },
  applicationPort: number,
): Placement<Listener> {
  const serving = listening.find(({ role }) => role === 'application');
  const holder = serving ?? listening.find(({ role }) => role === 'candidate');
  const certain = serving?.askedPort === applicationPort;

  if (asked.port === 0 && serving === undefined) return place('application', applicationPort, holder);
  if (asked.port === applicationPort && !certain) return place('application', applicationPort, holder);
  const samePort = listening.filter(({ port }) => port === asked.port);
  if (samePort.some((listener) => overlap(listener, asked))) return { inUse: true };
  if (holder !== undefined && samePort.includes(holder)) return place('alias', asked.port);
  if (holder === undefined) return place('candidate', asked.port);
  return place('other', asked.port);
}

function place<Listener>(role: Role, port: number, displaced?: Listener): Placement<Listener> {
  return { inUse: false, role, port, ...(displaced === undefined ? {} : { displaced }) };
}

/** Whether Linux would refuse both on one port. `::` takes IPv4 as well unless it is told not to. */
export function overlap(a: ListenAddress, b: ListenAddress): boolean {
  return a.address === b.address || covers(a, b) || covers(b, a);
}

function covers(any: ListenAddress, other: ListenAddress): boolean {
  if (any.address === '0.0.0.0') return !other.address.includes(':');
  return any.address === '::' && (!any.ipv6Only || other.address.includes(':'));
}
