import { type ClientHttp2Session, type ClientSessionOptions, connect as connectHttp2, type Settings } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { ConnectionOwner } from '../connection-owner.ts';
import type { LiveUpstream } from '../live-upstream.ts';
import { maxStreamsAtOnce } from './stream-limit.ts';
import type { UpstreamSessions } from './upstream-sessions.ts';
import type { UpstreamStream } from './upstream-stream.ts';

/**
 * Room for heads over the limit, so that they are measured and named here: beyond it `node:http2` resets the stream
 * with ENHANCE_YOUR_CALM. Bytes, each field counting 32 more than its text.
 */
const maxHeaderListBytes = 262_144;
const maxHeaderListPairs = 4_096;
/**
 * Largest request head, counted alike. A larger one could end the session for all its streams: nghttp2, below most
 * servers, gives up at the ninth CONTINUATION frame of 16,384 bytes.
 */
const maxRequestHeaderListBytes = 131_072;
const sessionOptions: ClientSessionOptions & { readonly strictSingleValueFields: boolean } = {
  settings: { enablePush: false, maxHeaderListSize: maxHeaderListBytes },
  maxHeaderListPairs,
  maxSendHeaderBlockLength: 2 * maxRequestHeaderListBytes,
  // What a client or an application says twice, or with blanks around, passes as it does over HTTP/1.1.
  strictSingleValueFields: false,
  strictFieldWhitespaceValidation: false,
};
/** What streams may have on the way together; each alone 65,535 bytes, which a client that does not read holds up. */
const sessionWindowBytes = 1_048_576;
/** Stream ids are odd numbers below 2^31, and are not used twice. */
const maxStreams = 1_000_000_000;

/**
 * One HTTP/2 connection to an upstream, without TLS and with prior knowledge (RFC 9113 §3.3).
 *
 *   connecting ─► ready ─► closed
 *        └────────────────────┘
 *
 * Nothing is sent before the server's SETTINGS have come: then its limits are known, and a request that waited can
 * go elsewhere when they never come.
 */
export class UpstreamSession {
  /** The socket is connected. */
  connected = false;
  /** The server has answered a request on it. */
  used = false;

  private readonly upstream: LiveUpstream;
  private readonly owner: ConnectionOwner;
  private readonly sessions: UpstreamSessions;
  private readonly socket: Socket;
  private readonly http2: ClientHttp2Session;
  private readonly streams = new Set<UpstreamStream>();
  private state: 'connecting' | 'ready' | 'closed' = 'connecting';
  /** Takes no more streams: the server said so (GOAWAY), or it cannot be reached. */
  private leaving = false;
  /** The last one that the server has taken, when it wants no more. */
  private lastStreamId = Infinity;
  private streamLimit: number;
  private headerListLimit = maxRequestHeaderListBytes;
  private begun = 0;
  private errorCode = '';

  constructor(upstream: LiveUpstream, owner: ConnectionOwner, sessions: UpstreamSessions) {
    this.upstream = upstream;
    this.owner = owner;
    this.sessions = sessions;
    this.streamLimit = sessions.streamLimit;
    const { address } = upstream.facts;
    this.socket =
      'path' in address
        ? connect({ path: address.path })
        : connect({ host: address.host, port: address.port, noDelay: true, autoSelectFamily: false });
    this.http2 = connectHttp2('http://localhost', { ...sessionOptions, createConnection: () => this.socket });
    this.http2.on('connect', () => this.onConnect());
    this.http2.on('remoteSettings', (settings) => this.settled(settings));
    this.http2.on('goaway', (_code, lastStreamId) => {
      this.lastStreamId = lastStreamId;
      this.leave();
    });
    this.http2.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code ?? error.name;
    });
    this.http2.on('close', () => {
      this.lost(this.errorCode);
      this.owner.closed(this.upstream);
    });
  }

  // ── streams ──

  get takesStreams(): boolean {
    return this.reusable && this.streams.size < this.streamLimit;
  }

  /** It may take streams, if not now. */
  get reusable(): boolean {
    return this.state !== 'closed' && !this.leaving && this.begun < maxStreams && !this.http2.closed;
  }

  get empty(): boolean {
    return this.streams.size === 0;
  }

  add(stream: UpstreamStream): void {
    this.streams.add(stream);
    this.begun++;
    stream.enter(this);
    if (this.state === 'ready') stream.begin(this.http2, this.headerListLimit);
  }

  /** The stream has ended, for the gateway at least. */
  remove(stream: UpstreamStream): void {
    this.streams.delete(stream);
    if (!this.empty || this.state === 'closed') return;
    if (this.connected) this.sessions.emptied(this);
    else this.close();
  }

  private onConnect(): void {
    if (this.state === 'closed') return;
    this.connected = true;
    this.http2.setLocalWindowSize(sessionWindowBytes);
    for (const stream of this.streams) stream.connected();
  }

  private settled({ maxConcurrentStreams = Infinity, maxHeaderListSize = Infinity }: Settings): void {
    // One at least: what is over the server's limit waits in `node:http2`.
    this.streamLimit = Math.max(1, Math.min(maxStreamsAtOnce, maxConcurrentStreams));
    this.sessions.streamLimit = this.streamLimit;
    this.headerListLimit = Math.min(maxRequestHeaderListBytes, maxHeaderListSize);
    if (this.state !== 'connecting') return;
    this.state = 'ready';
    const waiting = [...this.streams];
    for (const stream of waiting.slice(this.streamLimit)) this.streams.delete(stream);
    for (const [index, stream] of waiting.entries()) {
      if (index >= this.streamLimit) this.sessions.enter(stream, this.owner);
      else if (this.streams.has(stream)) stream.begin(this.http2, this.headerListLimit);
    }
  }

  // ── the end ──

  /** No further streams; those that the server has taken come to their ends. */
  leave(): void {
    this.leaving = true;
    if (this.empty) this.close();
  }

  /** Whether the server said that it would end. */
  get announced(): boolean {
    return this.lastStreamId !== Infinity;
  }

  /** Whether the server has not acted on a stream, and never will (RFC 9113 §6.8). */
  refuses(streamId: number): boolean {
    return streamId > this.lastStreamId;
  }

  /** Whether the whole session is gone, and not one stream alone. */
  get destroyed(): boolean {
    return this.http2.destroyed;
  }

  /** Closes; streams in hand are not answered. */
  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.sessions.forget(this);
    this.http2.destroy();
    // It would wait for the connection.
    if (!this.connected) this.socket.destroy();
  }

  /** The process is gone, and what it sent before has had its time to arrive. */
  abandon(): void {
    for (const stream of this.streams) stream.abandon();
    this.close();
  }

  /** The connection broke or was closed by the other side. */
  lost(detail: string): void {
    if (this.state === 'closed') return;
    this.close();
    // A process that does not read would keep the socket from closing.
    this.socket.destroy();
    // First of all: what goes back to the queue must not come here again.
    if (this.connected && !this.announced && this.upstream.facts.kind === 'worker')
      this.owner.closedByWorker(this.upstream);
    for (const stream of this.streams) stream.sessionLost(this, detail);
  }
}
