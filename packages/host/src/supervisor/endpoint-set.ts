import { setTimeout as wait } from 'node:timers/promises';
import type { GivenSocket } from '../linux/index.ts';
import type { Emit } from '../logging/index.ts';
import type { Revision } from './activation/index.ts';
import {
  awaitsRelease,
  closeEndpoints,
  openEndpoints,
  type BindingProblem,
  type Endpoint,
  type EndpointChange,
} from './endpoints/index.ts';
import type { GatewayFleet } from './gateways/index.ts';

/** How long gateways that drain may take to let go of a port, milliseconds. */
const portReleaseMs = 5_000;

/** The sockets that are open for the sites, and the bindings that could not be served. */
export class EndpointSet {
  readonly #given: readonly GivenSocket[] | undefined;
  readonly #emit: Emit;
  readonly #now: () => number;
  readonly #reportedSockets = new Set<GivenSocket>();
  #endpoints: readonly Endpoint[] = [];
  #problems: readonly BindingProblem[] = [];

  /** @param given sockets that the service manager opened */
  constructor(given: readonly GivenSocket[] | undefined, emit: Emit, now: () => number) {
    this.#given = given;
    this.#emit = emit;
    this.#now = now;
  }

  get all(): readonly Endpoint[] {
    return this.#endpoints;
  }

  get problems(): readonly BindingProblem[] {
    return this.#problems;
  }

  /** Opens what the sites need, for a fleet that has nothing yet. */
  async open(sites: Revision['sites'], fleet: GatewayFleet): Promise<void> {
    this.#open(sites);
    this.#reportProblems();
    await fleet.use(this.#endpoints);
  }

  /**
   * Gateways inherit sockets when they start: new sockets need new gateways, and the old ones drain. All
   * addresses of a port can be opened only when the old gateways have let go of a single one, and the reverse:
   * then that port is refused for the moment in between.
   */
  async change(sites: Revision['sites'], fleet: GatewayFleet): Promise<void> {
    const { changed, obsolete } = this.#open(sites);
    if (changed || fleet.outdated) await fleet.use(this.#endpoints);
    closeEndpoints(obsolete);
    const deadline = this.#now() + portReleaseMs;
    while (awaitsRelease(this.#problems, obsolete) && this.#now() < deadline) {
      await wait(20);
      if (this.#open(sites).changed) await fleet.use(this.#endpoints);
    }
    this.#reportProblems();
  }

  close(): void {
    closeEndpoints(this.#endpoints);
  }

  #open(sites: Revision['sites']): EndpointChange {
    const change = openEndpoints(
      this.#endpoints,
      sites.filter((site) => site.serverAutoStart),
      this.#given,
    );
    for (const socket of change.unneeded) {
      if (this.#reportedSockets.has(socket)) continue;
      this.#reportedSockets.add(socket);
      const { fd, name, address, port } = socket;
      this.#emit('service.socket_unneeded', { fd, name, address, port });
    }
    this.#endpoints = change.endpoints;
    this.#problems = change.problems;
    return change;
  }

  #reportProblems(): void {
    for (const { site, binding, message } of this.#problems) {
      this.#emit('site.binding.failed', {
        ...{ site: site.name, error: message },
        binding: `${binding.protocol}/${binding.address}:${binding.port}:${binding.host}`,
      });
    }
  }
}
