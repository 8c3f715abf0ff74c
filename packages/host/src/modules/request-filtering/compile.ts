import type { EffectiveConfiguration, EffectiveElement } from '@poolhouse/configuration';
import type { ScopeContext } from '../scope-context.ts';
import { requestFilteringSection } from './section.ts';
import type { AllowList, FilteringRule, RequestFilteringSettings } from './settings.ts';

/** Request filtering always has something to do: its limits and the hidden segments hold by default. */
export function compileRequestFiltering(
  configuration: EffectiveConfiguration,
  context: Pick<ScopeContext, 'maxUrlSegments'>,
): RequestFilteringSettings {
  const section = configuration.section(requestFilteringSection);
  const limits = section.element('requestLimits');
  const verbs = section.element('verbs');
  const extensions = section.element('fileExtensions');
  return {
    maxAllowedContentLength: limits.get('maxAllowedContentLength'),
    maxUrl: limits.get('maxUrl'),
    maxQueryString: limits.get('maxQueryString'),
    maxUrlSegments: context.maxUrlSegments,
    allowDoubleEscaping: section.get('allowDoubleEscaping'),
    allowHighBitCharacters: section.get('allowHighBitCharacters'),
    unescapeQueryString: section.get('unescapeQueryString'),
    // Methods are case-sensitive; everything else compares in lower case.
    verbs: allowList(
      verbs.get('allowUnlisted'),
      verbs.entries().map((entry) => [entry.get('verb'), entry.get('allowed')]),
    ),
    fileExtensions: allowList(
      extensions.get('allowUnlisted'),
      extensions.entries().map((entry) => [folded(entry.get('fileExtension')), entry.get('allowed')]),
    ),
    hiddenSegments: section
      .element('hiddenSegments')
      .entries()
      .map((entry) => folded(entry.get('segment'))),
    denyUrlSequences: section
      .element('denyUrlSequences')
      .entries()
      .map((entry) => folded(entry.get('sequence'))),
    alwaysAllowedUrls: section
      .element('alwaysAllowedUrls')
      .entries()
      .map((entry) => folded(entry.get('url'))),
    denyQueryStringSequences: section
      .element('denyQueryStringSequences')
      .entries()
      .map((entry) => folded(entry.get('sequence'))),
    alwaysAllowedQueryStrings: section
      .element('alwaysAllowedQueryStrings')
      .entries()
      .map((entry) => folded(entry.get('queryString'))),
    headerLimits: limits
      .element('headerLimits')
      .entries()
      .map((entry) => [entry.get('header').toLowerCase(), entry.get('sizeLimit')]),
    filteringRules: section.element('filteringRules').entries().map(filteringRule),
  };
}

type RuleEntry = EffectiveElement<
  (typeof requestFilteringSection)['elements']['filteringRules']['collection']['entry']
>;

function filteringRule(entry: RuleEntry): FilteringRule {
  return {
    scanUrl: entry.get('scanUrl'),
    scanQueryString: entry.get('scanQueryString'),
    scanAllRaw: entry.get('scanAllRaw'),
    denyUnescapedPercent: entry.get('denyUnescapedPercent'),
    scanHeaders: entry
      .element('scanHeaders')
      .entries()
      .map((header) => header.get('requestHeader').toLowerCase()),
    appliesTo: entry
      .element('appliesTo')
      .entries()
      .map((extension) => folded(extension.get('fileExtension'))),
    denyStrings: entry
      .element('denyStrings')
      .entries()
      .map((denied) => folded(denied.get('string'))),
  };
}

/** As `foldPath` of the gateway makes what they are compared with. */
function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function allowList(allowUnlisted: boolean, entries: readonly (readonly [name: string, allowed: boolean])[]): AllowList {
  return {
    allowUnlisted,
    allowed: entries.filter(([, allowed]) => allowed).map(([name]) => name),
    denied: entries.filter(([, allowed]) => !allowed).map(([name]) => name),
  };
}
