import { builtInRegistry, type SectionRegistry, type SectionSchema } from '@poolhouse/configuration';
import type { ModuleCompilers } from '../../../modules/registry.supervisor.ts';
import {
  accessSection,
  anonymousAuthenticationSection,
  authorizationSection,
  basicAuthenticationSection,
  ipSecuritySection,
  windowsAuthenticationSection,
} from './access-protection.ts';
import { applicationPoolsSection } from './application-pools.ts';
import { dataProtectionSection } from './data-protection.ts';
import { gatewaySection } from './gateway.ts';
import { frameworkSections, knownSections } from './known-sections.ts';
import { sitesSection } from './sites.ts';
import { webLimitsSection } from './web-limits.ts';
import { webSocketSection } from './web-socket.ts';

const own: readonly SectionSchema[] = [
  applicationPoolsSection,
  sitesSection,
  webLimitsSection,
  gatewaySection,
  dataProtectionSection,
  webSocketSection,
  accessSection,
  anonymousAuthenticationSection,
  authorizationSection,
  basicAuthenticationSection,
  ipSecuritySection,
  windowsAuthenticationSection,
];

/**
 * Sections that a published web.config sets and that a stock server file opens with a location. They are open
 * too where applicationHost.config does not declare them at all; what it declares is honoured as written.
 */
const openUnlessDeclared: ReadonlySet<string> = new Set(['system.webServer/handlers']);

/** Every section that files may use without declaring it: those of modules, those of the server, and those only known. */
export function sectionRegistry({
  sections,
  builtInContent,
}: Pick<ModuleCompilers, 'sections' | 'builtInContent'>): SectionRegistry {
  const served = [...own, ...sections].map((schema) =>
    openUnlessDeclared.has(schema.path) ? { ...schema, overrideModeDefault: 'Allow' as const } : schema,
  );
  const known = knownSections(new Set(served.map(({ path }) => path)));
  return builtInRegistry([...served, ...known], frameworkSections, builtInContent);
}
