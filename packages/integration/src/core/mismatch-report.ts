import type { Report } from './report.ts';

const quietMs = 60_000;

/**
 * Reports requests with a wrong pairing token, at most once a minute: any program of the machine can send them
 * to a loopback port, and must not be able to push the application's own lines out of its log. Neither the
 * expected nor the received token is part of the text.
 */
export function createMismatchReport(report: Report, now: () => number): () => void {
  let next = Number.NEGATIVE_INFINITY;
  let unreported = 0;
  return () => {
    if (now() < next) {
      unreported++;
      return;
    }
    const more = unreported === 0 ? '' : `, ${unreported} more since the last such line`;
    report(`pairing token mismatch: a request that did not come from the gateway was refused with 400${more}`);
    unreported = 0;
    next = now() + quietMs;
  };
}
