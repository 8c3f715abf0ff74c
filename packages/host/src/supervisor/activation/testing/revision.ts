import { hostingSettings } from '../../pools/testing/application-settings.ts';
import { poolSettings } from '../../pools/testing/pool-settings.ts';
import type {
  ApplicationSettings,
  BindingSettings,
  ConfigurationFileStamp,
  HostingSettings,
  Revision,
} from '../revision.ts';

/** What a test wants to say about a revision; everything else is made up. */
export interface RevisionSketch {
  readonly pools?: readonly (Parameters<typeof poolSettings>[0] & { readonly name: string })[];
  readonly sites?: readonly SiteSketch[];
  readonly files?: readonly ConfigurationFileStamp[];
  readonly degraded?: readonly string[];
  readonly headerWaitMs?: number;
  /** Line of every origin. */
  readonly line?: number;
}

interface SiteSketch {
  readonly id: number;
  readonly name: string;
  readonly serverAutoStart?: boolean;
  readonly bindings?: readonly { readonly port: number; readonly host: string }[];
  readonly applications?: readonly (Omit<Partial<ApplicationSettings>, 'hosting'> & {
    readonly path: string;
    readonly hosting?: Partial<HostingSettings>;
  })[];
}

export function testRevision(sketch: RevisionSketch): Revision {
  const origin = { file: '/applicationHost.config', line: sketch.line ?? 1, column: 1 };
  const pools = (sketch.pools ?? []).map((pool) => ({ ...poolSettings(pool), origin }));
  const sites = (sketch.sites ?? []).map((site) => ({
    id: site.id,
    name: site.name,
    serverAutoStart: site.serverAutoStart ?? true,
    bindings: (site.bindings ?? []).map((binding): BindingSettings => ({
      protocol: 'http',
      address: '*',
      origin,
      ...binding,
    })),
    applications: (site.applications ?? []).map(({ hosting, ...application }): ApplicationSettings => ({
      id: site.name + application.path,
      site: site.name,
      siteId: site.id,
      ...{ pool: 'p', physicalPath: '/srv', preloadEnabled: false, httpsPorts: [], webSocketsEnabled: true },
      authenticationSchemes: ['anonymous'],
      ...(hosting === undefined ? {} : { hosting: hostingSettings({ origin, ...hosting }) }),
      ...application,
    })),
  }));
  return {
    number: 1,
    pools,
    sites,
    plan: {
      sites: sites.map(({ id, name, bindings, serverAutoStart }) => ({
        ...{ id, name, connectionTimeoutMs: 120_000, maxConnections: 4_294_967_295, applications: [], settings: [] },
        bindings: serverAutoStart ? bindings.map(({ origin: _, ...binding }) => binding) : [],
      })),
      pools: pools.map(({ name, queueLength }) => ({
        ...{ name, queueLength, concurrentRequestLimit: 5_000, requestsThreshold: 0, refuseWith: 'HttpLevel' },
      })),
      limits: {
        ...{ maxRequestBytes: 16_384, maxFieldBytes: 16_384, maxFields: 100, urlSegmentMaxCount: 255 },
        ...{ urlSegmentMaxLength: 260, headerWaitMs: sketch.headerWaitMs ?? 15_000, minBytesPerSecond: 240 },
      },
    },
    diagnostics: [],
    ...(sketch.files === undefined ? {} : { files: sketch.files }),
    ...(sketch.degraded === undefined ? {} : { degraded: sketch.degraded }),
  };
}
