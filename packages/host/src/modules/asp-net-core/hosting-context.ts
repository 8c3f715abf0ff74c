import type { ScopeContext } from '../scope-context.ts';

/** What decides how an application is hosted, besides its sections. */
export interface HostingContext extends Pick<ScopeContext, 'report'> {
  /** Variables of this process: `ANCM_LAUNCHER_PATH`, `ANCM_LAUNCHER_ARGS`, `ASPNETCORE_DETAILEDERRORS`, … */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Processors that this process may use, for iisnode's "one process for each". */
  readonly processors: number;
  /** Version of this host; a `handlerVersion` must ask for it. */
  readonly version: string;
  /** Text of the `iisnode.yml` in the application's folder. */
  readonly iisnodeOverrides?: string | undefined;
}
