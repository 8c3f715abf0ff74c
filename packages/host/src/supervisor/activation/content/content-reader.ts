import type { ScopePlan } from '@poolhouse/contract';
import type { PathMapping, XmlDocument } from '@poolhouse/configuration';
import type { ConfigurationDiagnostic, ConfigurationFileStamp, HostingSettings, Origin } from '../revision.ts';
import type { SiteDeclaration } from '../sites/site-declaration.ts';

/**
 * Loads what content folders say: their web.config files, compiled. Content belongs to others than the server,
 * so a supervisor that is root has this done by a process that is not; both sides are plain data for that.
 */
export interface ContentReader {
  /** One answer for each site of the request, in its order. */
  read(request: ContentRequest): Promise<readonly CompiledSite[]>;
}

export interface ContentRequest {
  /** applicationHost.config without `system.applicationHost`: pools, their identities and secrets stay here. */
  readonly server: XmlDocument;
  /** Files that it includes with `configSource`, by that text. */
  readonly serverIncludes: readonly (readonly [source: string, document: XmlDocument])[];
  readonly sites: readonly Omit<SiteDeclaration, 'bindings'>[];
  /** Values of `%NAME%` in content files, by upper-case name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly pathMappings: readonly PathMapping[];
  readonly pathCase: 'fallback' | 'sensitive';
}

export interface CompiledSite {
  readonly id: number;
  readonly applications: readonly CompiledApplication[];
  /** Module settings that scopes refer to by index. */
  readonly settings: readonly unknown[];
  readonly diagnostics: readonly ConfigurationDiagnostic[];
  /** Sections that a file sets and nothing acts on. */
  readonly ignored: readonly IgnoredSection[];
  readonly files: readonly ConfigurationFileStamp[];
}

export interface IgnoredSection {
  readonly section: string;
  readonly origin: Origin;
}

export interface CompiledApplication {
  readonly id: string;
  readonly hosting?: HostingSettings;
  readonly authenticationSchemes: readonly ('windows' | 'basic' | 'anonymous')[];
  readonly webSocketsEnabled: boolean;
  readonly offlinePage?: string;
  /** Deepest path first; the application's own is the last. */
  readonly scopes: readonly ScopePlan[];
}
