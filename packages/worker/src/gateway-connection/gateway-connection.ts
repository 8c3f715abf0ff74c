import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Session, Http2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ClientFacts } from '@poolhouse/contract/client-facts';
import { clientCertificateHeader, clientFactsHeader } from '@poolhouse/contract/headers';
import { ClientPairing, type Pairing } from './client-pairing.ts';
import { dressSocket, showClient, type LocalAddress } from './socket-surface.ts';

const connectionOfSocket = Symbol('poolhouse.gatewayConnection');

/** The gateway's connection behind a socket; undefined for connections from inside the worker. */
export function gatewayConnectionOf(socket: object | null | undefined): GatewayConnection | undefined {
  return (socket as { [connectionOfSocket]?: GatewayConnection } | null | undefined)?.[connectionOfSocket];
}

const refusal = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
const certificateField = clientCertificateHeader.toLowerCase();

/**
 * One connection of the gateway: checks the token of each request, shows the client's facts on the socket, and
 * knows whether a request is under way. The gateway sends one request at a time, except over HTTP/2.
 */
export class GatewayConnection {
  readonly socket: Socket;
  readonly #client: ClientPairing;
  #facts: ClientFacts | undefined;
  #request: IncomingMessage | undefined;
  #response: ServerResponse | undefined;
  #upgraded = false;
  #retired = false;
  /** HTTP/2 only. */
  session: Http2Session | undefined;
  #streams = 0;

  constructor(socket: Socket, pairing: Pairing, local: LocalAddress, number: number) {
    this.socket = socket;
    this.#client = new ClientPairing(pairing);
    Object.defineProperty(socket, connectionOfSocket, { value: this });
    dressSocket(socket, local, number, () => this.#clientCertificate());
  }

  /** Requests whose answer has not left yet; a tunnel (WebSocket) is none. */
  get answers(): number {
    if (this.session !== undefined) return this.#streams;
    return this.#answering ? 1 : 0;
  }

  /** The same with tunnels. */
  get activeRequests(): number {
    return this.answers + (this.#upgraded ? 1 : 0);
  }

  /** Somebody on this connection has shown the token. */
  get paired(): boolean {
    return this.#client.paired;
  }

  get #answering(): boolean {
    return this.#response !== undefined && !this.#response.writableFinished && !this.#response.destroyed;
  }

  /**
   * Reads and removes the private field, which is always the first one. Called with the fields of a request
   * before Node.js has made any header object of them.
   *
   * @returns how many entries were removed
   */
  takeHead(fields: string[]): number {
    this.#facts = fields[0] === clientFactsHeader ? this.readFacts(fields[1]) : undefined;
    if (this.#facts === undefined) return 0;
    fields.shift();
    fields.shift();
    return 2;
  }

  /** Checks a value of the private field and shows the client on the socket. Undefined = not from the gateway. */
  readFacts(value: string | undefined): ClientFacts | undefined {
    const facts = this.#client.read(value);
    if (facts !== undefined) showClient(this.socket, facts);
    return facts;
  }

  /** Before the application sees a request. False = it must not: the request was answered with 400. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    const facts = this.#facts;
    if (facts === undefined) {
      response.writeHead(400, { Connection: 'close', 'Content-Length': 0 }).end();
      return false;
    }
    this.#request = request;
    this.#response = response;
    // Not earlier: the response takes chunking and keep-alive from the version of the hop, which is 1.1.
    if (facts.version !== '1.1') showVersion(request, facts.version);
    this.#forgetTimeout();
    if (this.#retired) this.#endAfter(response);
    return true;
  }

  /** The same for a request that becomes a tunnel. */
  admitTunnel(request: IncomingMessage): boolean {
    if (this.#facts === undefined) {
      this.socket.end(refusal);
      return false;
    }
    this.#request = request;
    this.#upgraded = true;
    return true;
  }

  /** Counts a stream until its answer has left. */
  beginStream(stream: Http2Stream): void {
    this.#streams += 1;
    stream.once('close', () => {
      this.#streams -= 1;
    });
    if (this.#retired) this.session?.close();
  }

  /** No further request: ends now, or after the answers that are under way. Tunnels are left to their ends. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (this.session !== undefined) this.session.close();
    else if (this.#answering && this.#response !== undefined) this.#endAfter(this.#response);
    else if (!this.#upgraded) this.socket.destroySoon();
  }

  /** One request may come, and be the last; over HTTP/2, those that come together with it. */
  endAfterNext(): void {
    this.#retired = true;
  }

  #endAfter(response: ServerResponse): void {
    if (!response.headersSent) response.shouldKeepAlive = false;
    response.once('close', () => this.socket.destroySoon());
  }

  /** A time limit that the application set for one request would otherwise go on for the next. */
  #forgetTimeout(): void {
    const { socket } = this;
    const usual = (socket as { server?: { timeout?: number } }).server?.timeout ?? 0;
    if ((socket.timeout ?? 0) !== usual) socket.setTimeout(usual);
  }

  #clientCertificate(): Buffer | undefined {
    const value = this.#request?.headers[certificateField];
    return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  }
}

function showVersion(request: IncomingMessage, version: string): void {
  request.httpVersion = version;
  request.httpVersionMajor = version.charCodeAt(0) - 48;
  request.httpVersionMinor = version.charCodeAt(2) - 48;
}
