import type { ForwardableExchange } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import type { ForwardingFailure } from './forwarding-failure.ts';
import type { LiveUpstream } from './live-upstream.ts';
import type { ReadBuffers } from './read-buffers.ts';

/** Who sends requests over a connection, and hears how they end. */
export interface ConnectionOwner {
  readonly wheel: TimerWheel;
  readonly readBuffers: ReadBuffers;
  /** The upstream has its hands free again: the response is complete, or the client's side ended. */
  released(upstream: LiveUpstream): void;
  /** The upstream's side failed, and nobody has answered. */
  failed(request: FailedRequest): void;
  /** An idle connection was closed by a worker, which never does that while it lives. */
  closedByWorker(upstream: LiveUpstream): void;
  /** The connection is gone. */
  closed(upstream: LiveUpstream): void;
}

export interface FailedRequest {
  readonly exchange: ForwardableExchange;
  readonly options: ForwardOptions;
  readonly upstream: LiveUpstream;
  readonly failure: ForwardingFailure;
  /** For the operator: an error code, or what was wrong. */
  readonly detail: string;
  readonly reused: boolean;
  /** Bytes of a response had arrived. */
  readonly answered: boolean;
  readonly retries: number;
}
