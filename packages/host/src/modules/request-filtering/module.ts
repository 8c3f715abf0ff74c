import type { GatewayModule } from '../../gateway/pipeline/module.ts';
import { statusAnswer } from '../error-pages/index.ts';
import { createAllowTest } from './allow-list.ts';
import type { Check } from './denial.ts';
import { denial } from './denial.ts';
import { checkFilteringRules } from './filtering-rules.ts';
import { checkNames } from './name-checks.ts';
import type { RequestFilteringSettings } from './settings.ts';
import { checkBodySize, checkHeaderSizes, checkUrlSize } from './size-checks.ts';
import { checkDoubleEscaping, checkHighBitCharacters, checkQuerySequences, checkUrlSequences } from './url-checks.ts';

/**
 * Refuses requests that no application should see, before anything else looks at them. The order decides
 * which sub-status is logged when several checks would refuse; a check that is not configured costs nothing.
 */
export const requestFilteringModule: GatewayModule<RequestFilteringSettings> = {
  id: 'request-filtering',
  create(settings) {
    const checks = [
      checkVerb(settings),
      checkHeaderSizes(settings),
      checkBodySize(settings),
      checkUrlSize(settings),
      checkDoubleEscaping(settings),
      checkHighBitCharacters(settings),
      checkUrlSequences(settings),
      checkQuerySequences(settings),
      checkNames(settings),
      checkFilteringRules(settings),
    ].filter((check) => check !== undefined);
    return {
      handle(exchange) {
        for (const check of checks) {
          const denied = check(exchange);
          if (denied === undefined) continue;
          exchange.send(statusAnswer(denied.status, denied.subStatus));
          return 'done';
        }
        return 'next';
      },
    };
  },
};

const deniedVerb = denial(404, 6);

function checkVerb(settings: RequestFilteringSettings): Check | undefined {
  const isAllowed = createAllowTest(settings.verbs);
  return isAllowed && (({ request }) => (isAllowed(request.method) ? undefined : deniedVerb));
}
