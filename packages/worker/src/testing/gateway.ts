import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { clientFactsHeader, formatConnectionFacts, type ClientFacts } from '@poolhouse/contract';

export interface GatewayRequest {
  readonly method?: string;
  readonly path?: string;
  readonly client?: Partial<Omit<ClientFacts, 'token'>>;
  /** Instead of the right one; null = the private field is missing. */
  readonly token?: string | null;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Undefined = a connection of its own, closed afterwards. */
  readonly agent?: http.Agent;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const defaultClient = { scheme: 'http', version: '1.1', port: 51_234, address: '203.0.113.7' } as const;

/** Plays the gateway: speaks to the worker's private socket, with the private field in its fixed place. */
export class Gateway {
  readonly path: string;
  readonly #token: string;
  readonly #open = new Set<{ destroy(): void }>();

  constructor(path: string, token: string) {
    this.path = path;
    this.#token = token;
  }

  field({ token, client }: Pick<GatewayRequest, 'token' | 'client'> = {}): string[] {
    if (token === null) return [];
    const facts = formatConnectionFacts({ ...defaultClient, ...client });
    return [clientFactsHeader, `${token ?? this.#token} ${facts}`];
  }

  async request(request: GatewayRequest = {}): Promise<GatewayAnswer> {
    const response = await this.begin(request);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  async json<Answer>(request: GatewayRequest = {}): Promise<Answer> {
    return JSON.parse((await this.request(request)).body) as Answer;
  }

  /** Resolves with the head. */
  async begin(request: GatewayRequest): Promise<http.IncomingMessage> {
    const { method = 'GET', path = '/', headers = [], body, agent = new http.Agent() } = request;
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const sent = http.request({
      ...{ socketPath: this.path, method, path, agent },
      headers: [...this.field(request), 'Host', 'www.example.test', ...length, ...headers.flat()],
    });
    this.#open.add(sent);
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
    return response;
  }

  /** A keep-alive connection; one socket at a time. */
  agent(): http.Agent {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.#open.add(agent);
    return agent;
  }

  /** A bare connection. */
  async connect(): Promise<net.Socket> {
    const socket = net.connect({ path: this.path, allowHalfOpen: true });
    this.#open.add(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** A connection over which bytes are written; resolves when the other side ends it, with what came. */
  async exchange(bytes: string): Promise<string> {
    const socket = await this.connect();
    socket.write(bytes, 'latin1');
    const answer = await text(socket);
    socket.destroy();
    return answer;
  }

  /** HTTP/2 without TLS. */
  session(): http2.ClientHttp2Session {
    const session = http2.connect('http://www.example.test', {
      createConnection: () => net.connect({ path: this.path }),
    });
    session.on('error', () => {});
    this.#open.add(session);
    return session;
  }

  async stream(session: http2.ClientHttp2Session, request: GatewayRequest = {}): Promise<GatewayAnswer> {
    const [name, value] = this.field(request);
    const stream = session.request({
      ':path': request.path ?? '/',
      ...(name === undefined ? {} : { [name]: value }),
    });
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader];
    return { status: headers[':status'] ?? 0, headers, body: await text(stream) };
  }

  close(): void {
    for (const each of this.#open) each.destroy();
  }
}
