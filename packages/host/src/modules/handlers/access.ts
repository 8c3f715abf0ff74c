import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { MappedEntry } from './mapped-entries.ts';
import { handlersSection } from './section.ts';
import type { HandlerEntry } from './settings.ts';

/**
 * Whether `accessPolicy` grants what an entry requires; undefined when it does. `Execute` includes scripts. The
 * sub-status says which right is missing: 1 execute or script, 2 read, 3 write.
 */
export function accessRefusal(
  configuration: EffectiveConfiguration,
  requireAccess: MappedEntry['requireAccess'],
): HandlerEntry['refusal'] {
  if (requireAccess === 'None') return undefined;
  const policy = new Set<string>(configuration.section(handlersSection).get('accessPolicy'));
  const subStatus = ({ Read: 2, Write: 3, Script: 1, Execute: 1 } as const)[requireAccess];
  const granted = policy.has(requireAccess) || (requireAccess === 'Script' && policy.has('Execute'));
  if (!granted) return { subStatus, remoteOnly: false };
  return policy.has(`NoRemote${requireAccess}`) ? { subStatus, remoteOnly: true } : undefined;
}
