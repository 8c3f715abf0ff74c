import type { ConnectionOwner } from '../connection-owner.ts';
import type { LiveUpstream } from '../live-upstream.ts';
import { maxStreamsAtOnce } from './stream-limit.ts';
import { UpstreamSession } from './upstream-session.ts';
import { UpstreamStream } from './upstream-stream.ts';

/** Sessions without a stream that are kept. */
const maxIdle = 256;

/** The sessions of one HTTP/2 upstream: one while it is enough, more when more requests are in flight. */
export class UpstreamSessions {
  /** Streams at once on a session, as its server allowed on the latest. */
  streamLimit = maxStreamsAtOnce;

  private readonly upstream: LiveUpstream;
  private readonly sessions = new Set<UpstreamSession>();

  constructor(upstream: LiveUpstream) {
    this.upstream = upstream;
  }

  /** Something to send one request with. */
  stream(owner: ConnectionOwner): UpstreamStream {
    return new UpstreamStream(this.upstream, owner, this);
  }

  /** Gives a stream to a session that takes it, or to a new one. */
  enter(stream: UpstreamStream, owner: ConnectionOwner): void {
    for (const session of this.sessions) if (session.takesStreams) return session.add(stream);
    const session = new UpstreamSession(this.upstream, owner, this);
    this.sessions.add(session);
    this.upstream.connections.add(session);
    session.add(stream);
  }

  /** A session has no stream any more. */
  emptied(session: UpstreamSession): void {
    if (this.upstream.state !== 'open' || !session.reusable || this.idle.length > maxIdle) session.close();
  }

  forget(session: UpstreamSession): void {
    this.sessions.delete(session);
    this.upstream.connections.delete(session);
  }

  closeIdle(): void {
    for (const session of this.idle) session.close();
  }

  private get idle(): UpstreamSession[] {
    return [...this.sessions].filter(({ empty }) => empty);
  }
}
