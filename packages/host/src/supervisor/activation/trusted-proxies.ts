import type { EffectiveConfiguration, Origin } from '@poolhouse/configuration';
import { parseTrustedProxy } from '@poolhouse/contract';
import type { ConfigurationDiagnostic } from './revision.ts';
import { gatewaySection } from './sections/gateway.ts';

/** Peers that gateways believe, checked: an entry that cannot be read stops a load, because it may have meant less. */
export interface TrustedProxies {
  readonly entries: readonly string[];
  readonly errors: readonly ConfigurationDiagnostic[];
  readonly warnings: readonly ConfigurationDiagnostic[];
}

export function readTrustedProxies(configuration: EffectiveConfiguration): TrustedProxies {
  const errors: ConfigurationDiagnostic[] = [];
  const warnings: ConfigurationDiagnostic[] = [];
  const entries: string[] = [];
  for (const entry of configuration.section(gatewaySection).element('trustedProxies').entries()) {
    const address = entry.get('address');
    const origin = (entry.origin('address') ?? entry.writtenAt) as Origin;
    const proxy = parseTrustedProxy(address);
    if (proxy === undefined) {
      const message =
        `"${address}" is no trusted proxy: write an IPv4 or IPv6 address, a range such as 10.0.0.0/8 or 2001:db8::/32, ` +
        'or unix. Host names are not looked up, and IPv4 clients of an IPv6 socket are known by their IPv4 address.';
      errors.push({ severity: 'error', ...origin, message });
      continue;
    }
    if (proxy !== 'unix' && proxy.prefix === 0) {
      const message = `"${address}" lets every client say who it is: name the addresses of your proxies instead.`;
      warnings.push({ severity: 'warning', ...origin, message });
    }
    entries.push(address);
  }
  return { entries, errors, warnings };
}
