import type { ApplicationPlan, Plan } from '@poolhouse/contract';
import type {
  Answer,
  ClientConnectionFacts,
  Exchange,
  RequestHead,
  Route,
  StreamedAnswer,
} from '../pipeline/exchange.ts';
import { createRouter } from '../routing/index.ts';

/** A request to try a module with, without a socket. */
export interface InjectedRequest {
  /** Default `GET`. */
  readonly method?: string;
  /** Origin form, as a client would send it. Default `/`. */
  readonly target?: string;
  readonly version?: RequestHead['version'];
  readonly headers?: Readonly<Record<string, string>>;
  /** Folder of the root virtual directory. Default `/srv/www`. */
  readonly physicalPath?: string;
  readonly virtualDirectories?: ApplicationPlan['virtualDirectories'];
  readonly secure?: boolean;
  /** Default: a client on another machine. */
  readonly remoteAddress?: string;
}

/** What a client would have received. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly subStatus: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly text: string;
}

export interface InjectedExchange extends Exchange {
  /** Resolves when the exchange has been answered; rejects when a streamed body failed. */
  readonly answer: Promise<ReceivedAnswer>;
  /** Every limit set with `limitBody`. */
  readonly bodyLimits: readonly { readonly bytes: number; readonly status: number; readonly subStatus: number }[];
  /** The client leaves: a body that is being streamed is ended with `return()`. */
  abort(): void;
}

/** Routes a request through a site with one application, as the gateway would, and collects the answer. */
export function injectExchange(request: InjectedRequest = {}): InjectedExchange {
  const { method = 'GET', target = '/', version = '1.1', secure = false } = request;
  const fields = new Map(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const answer = Promise.withResolvers<ReceivedAnswer>();
  const bodyLimits: InjectedExchange['bodyLimits'][number][] = [];
  let answered = false;
  let aborted = false;

  const begin = (): void => {
    if (answered) throw new Error('the exchange was answered twice');
    answered = true;
  };
  const bodyless = (status: number): boolean => method === 'HEAD' || status === 204 || status === 304;

  return {
    request: {
      method,
      target,
      version,
      header: (name) => fields.get(name),
      fieldLines: () =>
        Object.entries(request.headers ?? {})
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join(''),
    },
    connection: { ...connection, secure, remoteAddress: request.remoteAddress ?? connection.remoteAddress },
    route: routeOf(request, target),
    answer: answer.promise,
    bodyLimits,
    get aborted() {
      return aborted;
    },
    abort() {
      aborted = true;
    },
    limitBody(bytes, failure) {
      bodyLimits.push({ bytes, ...failure });
    },
    send(sent) {
      begin();
      const body = Buffer.from(sent.body ?? '');
      const length: [string, string] = ['Content-Length', String(body.length)];
      const lengthless = sent.status === 204 || sent.status === 304;
      answer.resolve(received(sent, lengthless ? [] : [length], bodyless(sent.status) ? Buffer.alloc(0) : body));
    },
    async stream(sent) {
      begin();
      try {
        const body = bodyless(sent.status) ? Buffer.alloc(0) : await collect(sent, () => aborted);
        const length: [string, string][] = sent.length === undefined ? [] : [['Content-Length', String(sent.length)]];
        answer.resolve(received(sent, length, body));
      } catch (error) {
        answer.promise.catch(() => undefined);
        answer.reject(error);
        throw error;
      }
    },
  };
}

const connection: ClientConnectionFacts = {
  secure: false,
  remoteAddress: '203.0.113.7',
  remotePort: 51_234,
  localAddress: '127.0.0.1',
  localPort: 80,
};

function routeOf(request: InjectedRequest, target: string): Route {
  const router = createRouter(planOf(request));
  const route = router.route({ localAddress: '127.0.0.1', localPort: 80, secure: false, host: '', target });
  if ('failure' in route) throw new Error(`${target} is not routed: ${route.heading}`);
  return route;
}

function planOf(request: InjectedRequest): Plan {
  const virtualDirectories = request.virtualDirectories ?? [
    { path: '/', physicalPath: request.physicalPath ?? '/srv/www' },
  ];
  return {
    sites: [
      {
        id: 1,
        name: 'shop',
        bindings: [{ protocol: 'http', address: '*', port: 80, host: '' }],
        connectionTimeoutMs: 120_000,
        maxConnections: 4_294_967_295,
        applications: [
          { id: 'shop/', path: '/', pool: 'shop', virtualDirectories, scopes: [{ path: '/', modules: [] }] },
        ],
        settings: [],
      },
    ],
    pools: [],
    limits: {
      maxRequestBytes: 16_384,
      maxFieldBytes: 16_384,
      maxFields: 100,
      urlSegmentMaxCount: 255,
      urlSegmentMaxLength: 260,
      headerWaitMs: 15_000,
      minBytesPerSecond: 240,
    },
  };
}

async function collect(sent: StreamedAnswer, isAborted: () => boolean): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of sent.body) {
    pieces.push(piece);
    if (isAborted()) break;
  }
  const body = Buffer.concat(pieces);
  if (!isAborted() && sent.length !== undefined && body.length !== sent.length) {
    throw new Error(`the body has ${body.length} bytes instead of ${sent.length}`);
  }
  return body;
}

function received(
  sent: Answer | StreamedAnswer,
  length: readonly (readonly [string, string])[],
  body: Buffer,
): ReceivedAnswer {
  return {
    status: sent.status,
    subStatus: sent.subStatus ?? 0,
    headers: new Map([...length, ...(sent.headers ?? [])].map(([name, value]) => [name.toLowerCase(), value])),
    body,
    text: body.toString(),
  };
}
