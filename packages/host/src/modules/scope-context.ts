import type { RequestFailure } from '@poolhouse/contract';
import type { ConfigurationDiagnostic, HostingSettings } from '../supervisor/activation/revision.ts';
import type { ApplicationHosting } from './asp-net-core/hosting.ts';

/** What a module's compiler may know of a scope besides its sections. */
export interface ScopeContext {
  /** Full path in the site: `/`, `/api`. */
  readonly path: string;
  /** `sites/site/limits/@maxUrlSegments`. Default 32. */
  readonly maxUrlSegments: number;
  /** How file names match: `fallback` tries the exact name, then the name ignoring case, with a warning. */
  readonly pathCase: 'fallback' | 'sensitive';
  /** What `compileHosting` made of the application that the scope belongs to; undefined when it has no program. */
  readonly hosting: ApplicationHosting | undefined;
  /** Takes what people should know though it stops nothing. The same entry reports the same text from every scope. */
  report(diagnostic: ConfigurationDiagnostic): void;
}

/** Settings to start an application with, or the reason why it cannot start. */
export type CompiledHosting = HostedApplication | UnusableHosting;

export interface HostedApplication {
  readonly settings: HostingSettings;
  /** Error pages show `detail` to everyone (`ASPNETCORE_DETAILEDERRORS`, Development). */
  readonly detailedErrors: boolean;
}

export interface UnusableHosting {
  readonly failure: RequestFailure;
  readonly detailedErrors: boolean;
}
