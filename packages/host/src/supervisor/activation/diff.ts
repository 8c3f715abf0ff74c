import type { GatewayLimits, PoolPlan, SitePlan } from '@poolhouse/contract';
import type {
  ApplicationPoolSettings,
  ApplicationSettings,
  BindingSettings,
  ConfigurationFileStamp,
  Revision,
} from './revision.ts';

/** What has to happen so that a running host is what the next revision says. Nothing that is not named here is touched. */
export interface RevisionChange {
  readonly pools: {
    readonly added: readonly ApplicationPoolSettings[];
    readonly removed: readonly ApplicationPoolSettings[];
    readonly changed: readonly PoolChange[];
  };
  readonly applications: {
    readonly added: readonly ApplicationSettings[];
    readonly removed: readonly ApplicationSettings[];
    readonly changed: readonly ApplicationChange[];
  };
  /** Addresses that sites need now and did not before, and the other way round. */
  readonly bindings: { readonly opened: readonly BindingSettings[]; readonly closed: readonly BindingSettings[] };
  /** What gateways have to learn. */
  readonly plan: {
    readonly sites: readonly SitePlan[];
    readonly removedSites: readonly number[];
    readonly pools: readonly PoolPlan[];
    readonly removedPools: readonly string[];
    readonly limits?: GatewayLimits;
  };
}

export interface PoolChange {
  readonly before: ApplicationPoolSettings;
  readonly after: ApplicationPoolSettings;
  /** `live`: running processes keep running under the new settings. `recycle`: they are replaced, overlapping. */
  readonly action: 'live' | 'recycle';
}

export interface ApplicationChange {
  readonly before: ApplicationSettings;
  readonly after: ApplicationSettings;
  /**
   * `live`: nothing of it reaches a process. `restart`: the next process has the new settings, the old one is
   * replaced. `move`: it belongs to another pool or folder now.
   */
  readonly action: 'live' | 'restart' | 'move';
  /** `app_offline.htm` came, changed or went; told apart because it stops processes instead of replacing them. */
  readonly offlinePageChanged: boolean;
}

/** Compares two revisions. */
export function compareRevisions(before: Revision, after: Revision): RevisionChange {
  const poolsBefore = byKey(before.pools, ({ name }) => name);
  const poolsAfter = byKey(after.pools, ({ name }) => name);
  const applicationsBefore = byKey(applicationsOf(before), ({ id }) => id);
  const applicationsAfter = byKey(applicationsOf(after), ({ id }) => id);
  const touched = touchedLevels(before.files ?? [], after.files ?? []);
  const degraded = new Set(after.degraded);
  const { limits } = after.plan;

  return {
    pools: {
      added: missingFrom(poolsBefore, poolsAfter),
      removed: missingFrom(poolsAfter, poolsBefore),
      changed: inBoth(poolsBefore, poolsAfter).flatMap(([old, next]) => {
        const action = poolAction(old, next);
        return action === undefined ? [] : [{ before: old, after: next, action }];
      }),
    },
    applications: {
      added: missingFrom(applicationsBefore, applicationsAfter),
      removed: missingFrom(applicationsAfter, applicationsBefore),
      changed: inBoth(applicationsBefore, applicationsAfter).flatMap(([old, next]) => {
        const isTouched = !degraded.has(next.id) && touched.some((level) => reaches(level, levelOf(next)));
        const action = applicationAction(old, next, isTouched);
        const offlinePageChanged = old.offlinePage !== next.offlinePage;
        if (action === undefined && !offlinePageChanged) return [];
        return [{ before: old, after: next, action: action ?? 'live', offlinePageChanged }];
      }),
    },
    bindings: compareBindings(before, after),
    plan: {
      ...comparePlans(before, after),
      ...(equal(before.plan.limits, limits) ? {} : { limits }),
    },
  };
}

/**
 * The live and recycle table of the process model: what only limits, times and counts do not need a new process
 * for, everything else does. A pool that forbids rotation on changes keeps its processes either way.
 */
function poolAction(before: ApplicationPoolSettings, after: ApplicationPoolSettings): PoolChange['action'] | undefined {
  if (equal(withoutOrigin(before), withoutOrigin(after))) return undefined;
  const needsProcess = !equal(processSettings(before), processSettings(after));
  return needsProcess && !after.recycling.disallowRotationOnConfigChange ? 'recycle' : 'live';
}

/** What a process gets when it is made and cannot change afterwards. */
function processSettings({ processModel, environmentVariables, keyRing }: ApplicationPoolSettings): unknown {
  const { identityType, userName, loadUserProfile, setProfileEnvironment, manualGroupMembership, maxProcesses } =
    processModel;
  return [
    ...[identityType, userName, loadUserProfile, setProfileEnvironment, manualGroupMembership, maxProcesses],
    ...[environmentVariables, keyRing.applicationName, keyRing.profileCompat],
    // Processes see a folder, whichever store it is a copy of.
    'shared' in keyRing ? 'shared' : keyRing.store,
  ];
}

function applicationAction(
  before: ApplicationSettings,
  after: ApplicationSettings,
  isTouched: boolean,
): ApplicationChange['action'] | undefined {
  if (before.pool !== after.pool || before.physicalPath !== after.physicalPath) return 'move';
  const hosted = before.hosting !== undefined || after.hosting !== undefined;
  if (hosted && !equal(processFacts(before), processFacts(after))) return 'restart';
  // Touching web.config restarts the application, as people who deploy to IIS expect; unless it asks not to.
  const keeps = after.hosting?.handlerSettings['disallowrotationonconfigchange']?.toLowerCase() === 'true';
  if (hosted && isTouched && !keeps) return 'restart';
  return before.preloadEnabled === after.preloadEnabled ? undefined : 'live';
}

/** What the processes of an application are told when they start. */
function processFacts({ hosting, httpsPorts, authenticationSchemes, webSocketsEnabled }: ApplicationSettings): unknown {
  const settings = hosting === undefined ? undefined : withoutOrigin(hosting);
  return [settings, httpsPorts, authenticationSchemes, webSocketsEnabled];
}

/** Levels whose content files came, went, or were written or touched. The server's file acts by its difference alone. */
function touchedLevels(
  before: readonly ConfigurationFileStamp[],
  after: readonly ConfigurationFileStamp[],
): readonly string[] {
  const isContent = ({ role, level }: ConfigurationFileStamp): boolean =>
    role === 'content' || (role === 'include' && level !== '');
  const stampsOf = (files: readonly ConfigurationFileStamp[]): Map<string, ConfigurationFileStamp> =>
    new Map(files.filter(isContent).map((file) => [`${file.level}\n${file.path}`, file]));
  const [old, next] = [stampsOf(before), stampsOf(after)];
  const levels = new Set<string>();
  for (const key of new Set([...old.keys(), ...next.keys()])) {
    const [left, right] = [old.get(key), next.get(key)];
    if (left?.stamp !== right?.stamp) levels.add((left ?? right)?.level.toLowerCase() ?? '');
  }
  return [...levels];
}

function levelOf({ site, path }: ApplicationSettings): string {
  return (path === '/' ? site : site + path).toLowerCase();
}

/** A file of a level counts for the applications at and below it. */
function reaches(level: string, application: string): boolean {
  return application === level || application.startsWith(`${level}/`);
}

function compareBindings(before: Revision, after: Revision): RevisionChange['bindings'] {
  const addresses = ({ sites }: Revision): Map<string, BindingSettings> =>
    byKey(
      sites.filter(({ serverAutoStart }) => serverAutoStart).flatMap(({ bindings }) => bindings),
      ({ protocol, address, port }) => `${protocol} ${address} ${port}`,
    );
  const [old, next] = [addresses(before), addresses(after)];
  return { opened: missingFrom(old, next), closed: missingFrom(next, old) };
}

function comparePlans(before: Revision, after: Revision): Omit<RevisionChange['plan'], 'limits'> {
  const sites = new Map(before.plan.sites.map((site) => [site.id, site]));
  const pools = new Map(before.plan.pools.map((pool) => [pool.name, pool]));
  const siteIds = new Set(after.plan.sites.map(({ id }) => id));
  const poolNames = new Set(after.plan.pools.map(({ name }) => name));
  return {
    sites: after.plan.sites.filter((site) => !equal(sites.get(site.id), site)),
    removedSites: [...sites.keys()].filter((id) => !siteIds.has(id)),
    pools: after.plan.pools.filter((pool) => !equal(pools.get(pool.name), pool)),
    removedPools: [...pools.keys()].filter((name) => !poolNames.has(name)),
  };
}

function applicationsOf({ sites }: Revision): readonly ApplicationSettings[] {
  return sites.flatMap(({ applications }) => applications);
}

function byKey<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value> {
  return new Map(values.map((value) => [keyOf(value), value]));
}

function missingFrom<Value>(map: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): readonly Value[] {
  return [...other].filter(([key]) => !map.has(key)).map(([, value]) => value);
}

function inBoth<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): readonly (readonly [before: Value, after: Value])[] {
  return [...after].flatMap(([key, next]) => {
    const old = before.get(key);
    return old === undefined ? [] : [[old, next] as const];
  });
}

function withoutOrigin<Value extends { readonly origin: unknown }>({
  origin: _,
  ...rest
}: Value): Omit<Value, 'origin'> {
  return rest;
}

/** Everything compared here is plain JSON, made by the same code in the same order. */
function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
