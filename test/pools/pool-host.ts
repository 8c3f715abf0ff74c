import {
  Connection,
  fixtureApp,
  formatRequest,
  useHost,
  type HostingModel,
  type HostOptions,
  type PoolShorthand,
  type TestHost,
} from '../harness/index.ts';

/** What a request in the hands of a process that dies, or is cut off, reports. */
export const brokenRequest = 'request.forwarding_failed';

export const models = ['inprocess', 'outofprocess'] as const satisfies readonly HostingModel[];

/** A host with one pool and one fixture application at `/`. */
export function hostOf(
  path: string,
  hostingModel: HostingModel,
  pool: Omit<PoolShorthand, 'name'> = {},
  options: Omit<HostOptions, 'sites' | 'pools'> & {
    readonly environment?: never;
    readonly applicationEnvironment?: Readonly<Record<string, string>>;
    readonly attributes?: Readonly<Record<string, string | number | boolean>>;
    readonly programArguments?: string;
    readonly limits?: Readonly<Record<string, string>>;
    readonly preloadEnabled?: boolean;
  } = {},
): Promise<TestHost> {
  const { applicationEnvironment, attributes, programArguments, limits, preloadEnabled, ...rest } = options;
  return useHost({
    ...rest,
    pools: [{ name: 'test', ...pool }],
    sites: [
      {
        ...(limits === undefined ? {} : { limits }),
        applications: {
          '/': fixtureApp(
            path,
            {
              hostingModel,
              ...(attributes === undefined ? {} : { attributes }),
              ...(programArguments === undefined ? {} : { arguments: programArguments }),
              ...(applicationEnvironment === undefined ? {} : { environment: applicationEnvironment }),
            },
            preloadEnabled === undefined ? {} : { preloadEnabled },
          ),
        },
      },
    ],
  });
}

/** Processes of applications that live now, of either hosting model. */
export function processesOf(host: TestHost): number[] {
  const { worker, app } = host.pids();
  return [...worker, ...app];
}

/** A request under way, on a connection of its own. */
export async function hold(host: TestHost, path: string): Promise<Connection> {
  const client = await Connection.open(host.target(path));
  return client.write(formatRequest(host.target(path)));
}
