import type { BindingPlan, GatewayLimits, Plan, SitePlan } from '@poolhouse/contract';
import type { Route } from '../pipeline/exchange.ts';
import { createBindingTable } from './binding-table.ts';
import type { BindingTable } from './binding-table.ts';
import { canonicalizeTarget } from './canonical-target.ts';
import { invalidHostname, invalidUrl, noApplication } from './routing-failure.ts';
import type { RoutingFailure } from './routing-failure.ts';
import { createSiteTable } from './site-table.ts';
import type { SiteTable } from './site-table.ts';

export type { RoutingFailure };

/** Finds the site, application and configuration scope of requests. Immutable: a new plan means a new router. */
export interface Router {
  /** Costs the same with one site as with ten thousand. Never throws. */
  route(input: RouteInput): Route | RoutingFailure;
}

export interface RouteInput {
  /** Numeric address that the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly secure: boolean;
  /** Validated, lower case, without port and trailing dot; empty when the request has none. IPv6 keeps its brackets. */
  readonly host: string;
  /** The request target in origin form, or `*`; latin1, as sent. */
  readonly target: string;
}

/**
 *   1. binding → site, by local address, port, scheme and host
 *   2. target → canonical path, once
 *   3. site → application → scope, by longest path
 *
 * `previous` is the router of the plan before: sites that did not change keep their tables.
 */
export function createRouter(plan: Plan, previous?: Router): Router {
  const known = previous instanceof TableRouter ? previous.tables : undefined;
  const tables = new Map<SitePlan, SiteTable>();
  for (const site of plan.sites) tables.set(site, known?.get(site) ?? createSiteTable(site));
  return Object.freeze(new TableRouter(tables, plan.limits));
}

class TableRouter implements Router {
  readonly tables: ReadonlyMap<SitePlan, SiteTable>;
  readonly #bindings: BindingTable<SiteTable>;
  readonly #limits: GatewayLimits;

  constructor(tables: ReadonlyMap<SitePlan, SiteTable>, limits: GatewayLimits) {
    this.tables = tables;
    this.#bindings = createBindingTable(bindingsOf(tables.values()));
    this.#limits = limits;
  }

  route(input: RouteInput): Route | RoutingFailure {
    const table = this.#bindings.find(input.localAddress, input.localPort, input.secure, input.host);
    if (table === undefined) return invalidHostname;

    const canonical = canonicalizeTarget(input.target, this.#limits);
    if (canonical === undefined) return invalidUrl;

    const found = table.find(canonical.cookedPath);
    if (found === undefined) return noApplication;
    return {
      site: table.site,
      application: found.application,
      scope: found.scope,
      cookedPath: canonical.cookedPath,
      forwardPath: canonical.forwardPath,
      query: canonical.query,
      encodedSeparator: canonical.encodedSeparator,
    };
  }
}

function* bindingsOf(tables: Iterable<SiteTable>): Iterable<readonly [BindingPlan, SiteTable]> {
  for (const table of tables) for (const binding of table.site.bindings) yield [binding, table];
}
