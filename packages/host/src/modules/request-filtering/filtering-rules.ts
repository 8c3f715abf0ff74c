import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import { foldPath } from '../../gateway/pipeline/fold-path.ts';
import type { Check } from './denial.ts';
import { denial } from './denial.ts';
import { extensionOf, namesOf } from './path-names.ts';
import type { FilteringRule, RequestFilteringSettings } from './settings.ts';
import { queryOf, unescapeBytes } from './url-checks.ts';

const deniedByRule = denial(404, 19);

/** Rules of the operator: strings that may not occur in the URL, the query, named fields or all of them. */
export function checkFilteringRules(settings: RequestFilteringSettings): Check | undefined {
  const rules = settings.filteringRules;
  if (rules.length === 0) return undefined;
  return (exchange) =>
    rules.some((rule) => applies(rule, exchange.route.cookedPath) && violates(rule, exchange))
      ? deniedByRule
      : undefined;
}

function applies(rule: FilteringRule, cookedPath: string): boolean {
  return rule.appliesTo.length === 0 || rule.appliesTo.includes(extensionOf(namesOf(cookedPath).at(-1) ?? ''));
}

function violates(rule: FilteringRule, exchange: Exchange): boolean {
  for (const text of scannedTexts(rule, exchange)) {
    const folded = foldPath(text);
    if (rule.denyStrings.some((denied) => folded.includes(denied))) return true;
  }
  // A bare percent sign in the path was refused before; the query may hold one.
  return rule.denyUnescapedPercent && rule.scanQueryString && /%(?![0-9a-f]{2})/i.test(exchange.route.query);
}

function* scannedTexts(rule: FilteringRule, { request, route }: Exchange): Iterable<string> {
  if (rule.scanUrl) {
    yield route.cookedPath;
    yield route.forwardPath;
  }
  if (rule.scanQueryString) {
    yield queryOf(route);
    yield unescapeBytes(queryOf(route));
  }
  for (const name of rule.scanHeaders) yield request.header(name) ?? '';
  if (rule.scanAllRaw) yield request.fieldLines();
}
