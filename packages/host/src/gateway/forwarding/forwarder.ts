import type { Emit } from '../../logging/index.ts';
import type { ForwardableExchange } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';
import type { SiteAnswers } from '../pipeline/site-answers.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import { afterFailure, castsDoubt, isClientFailure } from './forwarding-failure.ts';
import type { LiveUpstream } from './live-upstream.ts';
import type { ConnectionOwner, FailedRequest } from './connection-owner.ts';
import { readBufferBytes, ReadBuffers } from './read-buffers.ts';

/** What the forwarder needs of the queue that feeds it. */
export interface ForwarderHost {
  readonly wheel: TimerWheel;
  readonly emit: Emit;
  readonly answers: SiteAnswers;
  /** A request has left the upstream's hands. */
  released(upstream: LiveUpstream): void;
  /** Nothing reached the upstream: the request goes back to the head of the queue. */
  requeue(request: FailedRequest): void;
  /** The process may be gone: nothing more is sent there until the supervisor has looked. */
  doubt(upstream: LiveUpstream, detail: string): void;
  /** A connection of the upstream is gone. */
  closed(upstream: LiveUpstream): void;
}

/**
 * Sends a request to an upstream and its answer to the client.
 *
 *   1. count the request
 *   2. take an idle connection, newest first, or open one (HTTP/2: a stream); never ahead of use
 *   3. write the head and what came of the body with it; the rest follows as it arrives
 *   4. response head: checked, hop-by-hop fields removed, written with the first bytes of the body
 *   5. bodies in both directions, each waiting for its receiver
 *   6. back to the idle connections, or closed when anything was left over
 *   7. on failure: requeue, retry once, 502.3, or reset; see `afterFailure`
 */
export class Forwarder implements ConnectionOwner {
  readonly wheel: TimerWheel;
  readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  readonly readBuffers = new ReadBuffers(this.readBuffer);
  private readonly host: ForwarderHost;

  constructor(host: ForwarderHost) {
    this.host = host;
    this.wheel = host.wheel;
  }

  /** `retries`: how often the request was tried before. */
  forward(exchange: ForwardableExchange, upstream: LiveUpstream, options: ForwardOptions, retries: number): void {
    upstream.begin();
    upstream.retries.request(this.wheel.now);
    const connection = upstream.takeIdle() ?? upstream.open(this);
    try {
      connection.send(exchange, options, retries);
    } catch (error) {
      // Counted, but never sent: the upstream could not be drained any more.
      connection.clientGone();
      throw error;
    }
  }

  released(upstream: LiveUpstream): void {
    upstream.end();
    this.host.released(upstream);
  }

  closedByWorker(upstream: LiveUpstream): void {
    this.host.doubt(upstream, 'EOF');
  }

  closed(upstream: LiveUpstream): void {
    this.host.closed(upstream);
  }

  failed(request: FailedRequest): void {
    const { exchange, upstream, failure, options } = request;
    const next = afterFailure({
      failure,
      kind: upstream.facts.kind,
      method: exchange.request.method,
      hasBody: exchange.forwarded.bodyLength !== 0,
      reused: request.reused,
      answered: request.answered,
      retries: request.retries,
      upstreamLives: upstream.state === 'open',
    });
    if (next === 'retry' && upstream.retries.tryRetry(this.wheel.now)) {
      upstream.open(this).send(exchange, options, request.retries + 1);
      return;
    }
    if (castsDoubt(failure, upstream.facts.kind)) this.host.doubt(upstream, request.detail);
    upstream.end();
    if (next === 'requeue') this.host.requeue(request);
    else this.giveUp(request);
    this.host.released(upstream);
  }

  /** The client gets a 502.3, or sees the connection break when its answer had begun. */
  giveUp({ exchange, upstream, failure, detail }: FailedRequest): void {
    if (!isClientFailure(failure)) {
      const { application, id } = upstream.facts;
      this.host.emit('request.forwarding_failed', { application, upstream: id, failure, detail });
    }
    if (exchange.headSent) return exchange.respondFailed();
    exchange.send(this.host.answers.status(502, 3));
  }
}
