import type { Check } from './denial.ts';
import { denial } from './denial.ts';
import type { RequestFilteringSettings } from './settings.ts';

const headerTooLarge = denial(431, 0);
const bodyTooLarge = denial(413, 1);
const urlTooLong = denial(404, 14);
const queryTooLong = denial(404, 15);
const tooManySegments = denial(404, 20);

/** A field over its limit; a limit of 0 denies the field whatever it holds. */
export function checkHeaderSizes(settings: RequestFilteringSettings): Check | undefined {
  const limits = settings.headerLimits;
  if (limits.length === 0) return undefined;
  return ({ request }) => {
    for (const [name, bytes] of limits) {
      const value = request.header(name);
      if (value !== undefined && (bytes === 0 || value.length > bytes)) return headerTooLarge;
    }
    return undefined;
  };
}

/** A declared body over the limit is refused here, one of unknown length when it grows over it. */
export function checkBodySize(settings: RequestFilteringSettings): Check {
  const limit = settings.maxAllowedContentLength;
  return (exchange) => {
    const { request } = exchange;
    const declared = request.header('content-length');
    if (declared !== undefined) return Number(declared) > limit ? bodyTooLarge : undefined;
    if (request.version === '2.0' || request.header('transfer-encoding') !== undefined) {
      exchange.limitBody(limit, bodyTooLarge);
    }
    return undefined;
  };
}

export function checkUrlSize(settings: RequestFilteringSettings): Check {
  const { maxUrl, maxQueryString, maxUrlSegments } = settings;
  return ({ request, route }) => {
    const queryLength = route.query.length;
    if (request.target.length - queryLength > maxUrl) return urlTooLong;
    if (queryLength - 1 > maxQueryString) return queryTooLong;
    return countSegments(route.cookedPath) > maxUrlSegments ? tooManySegments : undefined;
  };
}

/** `/a/b` and `/a/b/` have two. */
function countSegments(path: string): number {
  let count = 0;
  for (let index = path.indexOf('/'); index !== -1 && index < path.length - 1; index = path.indexOf('/', index + 1)) {
    count += 1;
  }
  return count;
}
