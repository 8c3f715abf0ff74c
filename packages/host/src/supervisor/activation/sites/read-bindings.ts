import type { EffectiveElement } from '@poolhouse/configuration';
import type { BindingSettings, ConfigurationDiagnostic, Origin } from '../revision.ts';
import type { SiteElement } from '../sections/sites.ts';
import { parseBindingInformation } from './binding-information.ts';

/** Bindings of a site that can be served; why the others cannot goes to `diagnostics`. */
export function readBindings(
  site: EffectiveElement<SiteElement>,
  diagnostics: ConfigurationDiagnostic[],
): readonly BindingSettings[] {
  const name = site.get('name');
  const bindings: BindingSettings[] = [];
  const foreign = new Map<string, Origin>();
  for (const element of site.element('bindings').entries()) {
    const origin = element.writtenAt as Origin;
    const protocol = element.get('protocol').toLowerCase();
    const text = element.get('bindingInformation');
    const report = (severity: 'error' | 'warning', message: string): void => {
      diagnostics.push({ severity, ...origin, message });
    };
    if (protocol !== 'http' && protocol !== 'https') {
      if (!foreign.has(protocol)) foreign.set(protocol, origin);
      continue;
    }
    const parsed = parseBindingInformation(text);
    if ('problem' in parsed) {
      report('error', `Binding ${protocol} "${text}" of site "${name}" is not served: ${parsed.problem}.`);
    } else if (protocol === 'https') {
      report(
        'error',
        `https bindings are not served yet: ${text} of site "${name}" is left out, its http bindings work. ` +
          'Until then, let a TLS proxy in front forward to an http binding.',
      );
    } else bindings.push({ protocol, ...parsed, origin });
  }
  const [first] = foreign.values();
  if (first !== undefined) {
    const message = `Site "${name}" has bindings for ${[...foreign.keys()].join(', ')}; Poolhouse serves http and ignores them.`;
    diagnostics.push({ severity: 'warning', ...first, message });
  }
  return bindings;
}
