import type { RequestFailure } from '@poolhouse/contract';
import type { ConfigurationDiagnostic, HostingSettings } from '../supervisor/activation/revision.ts';
import type { HostingModule } from './handlers/known-modules.ts';

/** What a module's compiler may know of a scope besides its sections. */
export interface ScopeContext {
  /** Full path in the site: `/`, `/api`. */
  readonly path: string;
  /** `sites/site/limits/@maxUrlSegments`. Default 32. */
  readonly maxUrlSegments: number;
  /** How file names match: `fallback` tries the exact name, then the name ignoring case, with a warning. */
  readonly pathCase: 'fallback' | 'sensitive';
  /** What `compileHosting` made of the application that the scope belongs to; undefined when it has no program. */
  readonly hosting: CompiledHosting | undefined;
  /** Takes what people should know though it stops nothing. The same entry reports the same text from every scope. */
  report(diagnostic: ConfigurationDiagnostic): void;
}

/** Settings to start an application with, or the reason why it cannot start. */
export type CompiledHosting = HostedApplication | UnusableHosting;

export interface HostedApplication extends HostingSource {
  readonly settings: HostingSettings;
}

export interface UnusableHosting extends HostingSource {
  readonly failure: RequestFailure;
}

interface HostingSource {
  /** Module that the handler names which leads to the program. */
  readonly module: HostingModule;
  /** Script that the handler of an iisnode application names; undefined for the others. */
  readonly script?: string;
  /** Error pages show `detail` to everyone (`ASPNETCORE_DETAILEDERRORS`, Development). */
  readonly detailedErrors: boolean;
}
