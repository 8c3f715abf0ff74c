import type { Exchange } from '../../gateway/pipeline/exchange.ts';

/** Why a request is refused: status for the client, both for the log. */
export interface Denial {
  readonly status: number;
  readonly subStatus: number;
}

/** One check of the module; undefined when the request passes. Made only where the settings ask for it. */
export type Check = (exchange: Exchange) => Denial | undefined;

export function denial(status: number, subStatus: number): Denial {
  return Object.freeze({ status, subStatus });
}
