import type { ModulePlan, Plan, RequestFailure, ScopePlan, SitePlan } from '@poolhouse/contract';
import type { Exchange } from './exchange.ts';
import type { GatewayModule, ModuleInstance, ModuleServices, Outcome } from './module.ts';
import type { SiteAnswers } from './site-answers.ts';

/** What a scope's requests pass through, in order; a broken scope has one answer for all. */
interface CompiledScope {
  readonly modules: readonly ModuleInstance[];
  readonly broken: ScopePlan['broken'];
}

export interface PipelineSurroundings {
  readonly modules: readonly GatewayModule[];
  readonly services: ModuleServices;
  readonly answers: SiteAnswers;
  /** A module threw; the request gets a 500. */
  failed(exchange: Exchange, error: unknown): void;
  /** A module does not exist here, or refuses its settings: the scopes that name it are broken, and no others. */
  unusable(site: SitePlan, module: string, error: unknown): void;
}

const unusableModule: RequestFailure = {
  status: 500,
  subStatus: 21,
  title: 'A module of the application cannot be used',
  page: true,
};

/**
 * The modules of every scope of a plan, made when a site's fragment arrives: equal settings are one instance.
 * Per request there is a look-up and a call; promises only where a module returns one.
 */
export class Pipeline {
  private readonly modules: ReadonlyMap<string, GatewayModule>;
  private readonly surroundings: PipelineSurroundings;
  private readonly scopes = new WeakMap<ScopePlan, CompiledScope>();

  constructor(surroundings: PipelineSurroundings) {
    this.surroundings = surroundings;
    this.modules = new Map(surroundings.modules.map((module) => [module.id, module]));
  }

  /** Compiles every scope of `plan` that is new; the others keep their instances. */
  compile(plan: Plan): void {
    for (const site of plan.sites) {
      const first = site.applications[0]?.scopes[0];
      // A site's fragment is replaced whole or not at all.
      if (first === undefined || !this.scopes.has(first)) this.compileSite(site);
    }
  }

  private compileSite(site: SitePlan): void {
    const instances = new Map<string, ModuleInstance | undefined>();
    for (const scope of site.applications.flatMap(({ scopes }) => scopes)) {
      const modules = scope.modules.map((module) => {
        const key = `${module.id} ${module.settings}`;
        if (!instances.has(key)) instances.set(key, this.create(site, module));
        return instances.get(key);
      });
      const usable = modules.filter((instance) => instance !== undefined);
      const broken = scope.broken ?? (usable.length < modules.length ? unusableModule : undefined);
      this.scopes.set(scope, { modules: usable, broken });
    }
  }

  private create(site: SitePlan, { id, settings }: ModulePlan): ModuleInstance | undefined {
    try {
      const module = this.modules.get(id);
      if (module === undefined) throw new Error('it is not installed');
      return module.create(site.settings[settings], this.surroundings.services);
    } catch (error) {
      this.surroundings.unusable(site, id, error);
      return undefined;
    }
  }

  /** Runs the modules of the exchange's scope until one answers. */
  run(exchange: Exchange): void {
    const scope = this.scopes.get(exchange.route.scope);
    if (scope === undefined) return this.fail(exchange, new Error('the scope of the request was not compiled'));
    if (scope.broken !== undefined) return exchange.send(this.surroundings.answers.failure(scope.broken, false));
    try {
      for (let index = 0; index < scope.modules.length; index++) {
        const outcome = (scope.modules[index] as ModuleInstance).handle(exchange);
        if (outcome === 'done') return;
        if (outcome !== 'next') return void this.runOn(exchange, scope.modules, index + 1, outcome);
      }
      this.unhandled(exchange);
    } catch (error) {
      this.fail(exchange, error);
    }
  }

  private async runOn(
    exchange: Exchange,
    modules: readonly ModuleInstance[],
    next: number,
    pending: Promise<Outcome>,
  ): Promise<void> {
    try {
      if ((await pending) === 'done') return;
      for (const module of modules.slice(next)) {
        if (exchange.aborted || (await module.handle(exchange)) === 'done') return;
      }
      this.unhandled(exchange);
    } catch (error) {
      this.fail(exchange, error);
    }
  }

  /** No handler is mapped to the request. */
  private unhandled(exchange: Exchange): void {
    if (!exchange.aborted) exchange.send(this.surroundings.answers.status(404, 4));
  }

  private fail(exchange: Exchange, error: unknown): void {
    this.surroundings.failed(exchange, error);
  }
}
