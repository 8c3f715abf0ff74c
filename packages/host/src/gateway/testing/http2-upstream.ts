import {
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One request as the upstream got it. */
export interface ReceivedStream {
  readonly stream: ServerHttp2Stream;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** What came of the body, latin1. */
  body: string;
  /** The body ended as it should. */
  ended: boolean;
  aborted: boolean;
  closed: boolean;
}

/** An HTTP/2 server without TLS on a unix socket, as a worker is one. */
export class Http2Upstream {
  readonly sessions: ServerHttp2Session[] = [];
  /** Below the sessions, in the same order. */
  readonly sockets: Socket[] = [];
  readonly streams: ReceivedStream[] = [];
  readonly path: string;
  onSession: (session: ServerHttp2Session) => void = () => {};
  private readonly folder: string;
  private readonly server: Http2Server;
  private readonly waiting: (() => void)[] = [];

  private constructor(answer: (received: ReceivedStream) => void, options: ServerOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'h2c-'));
    this.path = join(this.folder, 's');
    this.server = createServer(options);
    this.server.on('connection', (socket) => this.sockets.push(socket));
    this.server.on('session', (session) => {
      this.sessions.push(session);
      this.onSession(session);
      session.on('close', () => this.changed());
      this.changed();
    });
    this.server.on('sessionError', () => {});
    this.server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, fields: string[]) => {
      const received: ReceivedStream = { stream, fields, body: '', ended: false, aborted: false, closed: false };
      this.streams.push(received);
      stream.on('error', () => {});
      stream.on('aborted', () => {
        received.aborted = true;
      });
      stream.on('close', () => {
        received.closed = true;
        this.changed();
      });
      answer(received);
      this.changed();
    });
  }

  /** `answer` is called for every request; reading its body is left to it, see `readBody`. */
  static async listen(answer: (received: ReceivedStream) => void, options: ServerOptions = {}): Promise<Http2Upstream> {
    const upstream = new Http2Upstream(answer, options);
    await new Promise<void>((resolve) => upstream.server.listen(upstream.path, resolve));
    return upstream;
  }

  /** Collects the body. */
  readBody(received: ReceivedStream): void {
    received.stream.on('data', (bytes: Buffer) => {
      received.body += bytes.toString('latin1');
      this.changed();
    });
    received.stream.on('end', () => {
      received.ended = !received.aborted;
      this.changed();
    });
  }

  /** Resolves when `condition` holds, looked at whenever something happens here. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The request with this index, when it has come. */
  async stream(index = 0): Promise<ReceivedStream> {
    await this.until(() => this.streams.length > index);
    return this.streams[index] as ReceivedStream;
  }

  close(): void {
    for (const session of this.sessions) session.destroy();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private changed(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}
