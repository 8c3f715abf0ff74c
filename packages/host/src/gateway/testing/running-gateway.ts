import { createServer, type Server, type Socket } from 'node:net';
import {
  type ApplicationState,
  firstLeases,
  type FromGateway,
  type GatewayLimits,
  type Knowledge,
  type Leases,
  type PoolPlan,
  type SitePlan,
  type ToGateway,
  type Upstream,
} from '@poolhouse/contract';
import { Gateway } from '../gateway.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { ForwardOptions, GatewayModule, Outcome } from '../pipeline/module.ts';
import type { Answer } from '../pipeline/exchange.ts';

const limits: GatewayLimits = {
  maxRequestBytes: 16_384,
  maxFieldBytes: 16_384,
  maxFields: 100,
  urlSegmentMaxCount: 255,
  urlSegmentMaxLength: 260,
  headerWaitMs: 15_000,
  minBytesPerSecond: 240,
};

export interface GatewaySetup {
  readonly limits?: Partial<GatewayLimits>;
  readonly pool?: Partial<PoolPlan>;
  readonly site?: { readonly connectionTimeoutMs?: number; readonly maxConnections?: number };
  readonly forwardOptions?: Partial<ForwardOptions>;
  /** Runs instead of forwarding. */
  readonly handle?: (exchange: Exchange) => Outcome | Promise<Outcome>;
  readonly gateways?: number;
  /** What the gateway holds of shared limits at first. Default its share of each. */
  readonly leases?: Leases;
  readonly unsent?: () => boolean;
}

/** A gateway in this process with one site, one pool, one application, and the test as its supervisor. */
export class RunningGateway {
  readonly gateway: Gateway;
  readonly messages: FromGateway[] = [];
  port = 0;
  /** What the module of an application does. */
  forward: (exchange: Exchange) => void = () => {};
  finished = false;
  /** The gateway's time, milliseconds; moves only by `pass`. */
  now = 1_000_000;
  private number = 1;
  private nextUpstream = 1;
  /** The gateway's side of every client connection. */
  readonly clients: Socket[] = [];
  private readonly acceptor: Server;
  private readonly changed: (() => void)[] = [];
  private readonly setup: GatewaySetup;

  private constructor(setup: GatewaySetup) {
    this.setup = setup;
    const module: GatewayModule = {
      id: 'test',
      create: (_settings, services) => {
        this.forward = (exchange) =>
          services.forward(exchange, {
            requestTimeoutMs: 120_000,
            forwardResponseConnectionHeader: false,
            errorPage: true,
            ...setup.forwardOptions,
          });
        return {
          handle:
            setup.handle ??
            ((exchange) => {
              this.forward(exchange);
              return 'done';
            }),
        };
      },
    };
    this.gateway = new Gateway({
      settings: { version: 1, sockets: [] },
      modules: [module],
      answers: { status: page, failure: ({ status, subStatus, title }) => page(status, subStatus, title) },
      maxConnections: 10_000,
      ...(setup.unsent === undefined ? {} : { unsent: setup.unsent }),
      now: () => this.now,
      epoch: () => 1_700_000_000_000,
      send: (message) => {
        this.messages.push(message);
        for (const wake of this.changed.splice(0)) wake();
      },
      finished: () => {
        this.finished = true;
        for (const wake of this.changed.splice(0)) wake();
      },
    });
    this.acceptor = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.clients.push(socket);
      const { remoteAddress = '', remotePort = 0 } = socket;
      this.gateway.accept(socket, {
        secure: false,
        remoteAddress,
        remotePort,
        localAddress: '127.0.0.1',
        localPort: 80,
      });
    });
  }

  static async start(setup: GatewaySetup = {}): Promise<RunningGateway> {
    const running = new RunningGateway(setup);
    await new Promise<void>((resolve) => running.acceptor.listen(0, '127.0.0.1', resolve));
    running.port = (running.acceptor.address() as { port: number }).port;
    running.gateway.start();
    const snapshot = running.snapshot();
    const leases = setup.leases ?? firstLeases(snapshot.plan, snapshot.gateways);
    running.gateway.receive({ ...snapshot, leases });
    return running;
  }

  private snapshot(): Extract<ToGateway, { type: 'snapshot' }> {
    const { site, pool, gateways = 1 } = this.setup;
    return {
      version: 1,
      type: 'snapshot',
      number: this.number,
      gateways,
      leases: {},
      plan: {
        limits: { ...limits, ...this.setup.limits },
        pools: [
          {
            name: 'pool',
            queueLength: 1_000,
            concurrentRequestLimit: 5_000,
            requestsThreshold: 0,
            refuseWith: 'HttpLevel',
            ...pool,
          },
        ],
        sites: [
          {
            id: 1,
            name: 'site',
            bindings: [{ protocol: 'http', address: '*', port: 80, host: '' }],
            connectionTimeoutMs: 120_000,
            maxConnections: 4_294_967_295,
            settings: [{}],
            applications: [
              {
                id: 'site/',
                path: '/',
                pool: 'pool',
                virtualDirectories: [{ path: '/', physicalPath: '/srv' }],
                scopes: [{ path: '/', modules: [{ id: 'test', settings: 0 }] }],
              },
            ],
            ...site,
          },
        ],
      },
      poolStates: [],
      applicationStates: [],
      upstreams: [],
    };
  }

  /** The site as the gateway got it. */
  get site(): SitePlan {
    return this.snapshot().plan.sites[0] as SitePlan;
  }

  /** The pool as the gateway got it. */
  get pool(): PoolPlan {
    return this.snapshot().plan.pools[0] as PoolPlan;
  }

  /** A snapshot again, as after a gap. */
  resync(upstreams: readonly Upstream[] = []): void {
    this.gateway.receive({ ...this.snapshot(), upstreams });
  }

  /** One numbered step of the supervisor. */
  change(step: Knowledge): void {
    const base = this.number++;
    this.gateway.receive({ version: 1, type: 'change', base, number: this.number, ...step });
  }

  /** Adds an application process at a port of 127.0.0.1; returns its id. */
  addUpstream(port: number, facts: Partial<Upstream> = {}): number {
    const upstream = this.upstream(port, facts);
    this.change({ add: [upstream] });
    return upstream.id;
  }

  upstream(port: number, facts: Partial<Upstream> = {}): Upstream {
    return {
      id: this.nextUpstream++,
      pool: 'pool',
      application: 'site/',
      slot: 0,
      address: { host: '127.0.0.1', port },
      kind: 'app',
      protocol: 'http/1.1',
      token: 'secret-token',
      forwardPort: false,
      ...facts,
    };
  }

  setState(state: Omit<ApplicationState, 'id'>): void {
    this.change({ applicationStates: [{ id: 'site/', ...state }] });
  }

  /** Requests in the hands of an upstream, and those that have ended there. */
  active(upstream: number): number {
    return this.gateway.upstreams.get(upstream)?.active ?? 0;
  }

  served(upstream: number): number {
    return this.gateway.upstreams.get(upstream)?.served ?? 0;
  }

  /** Moves the gateway's time on, tick by tick. */
  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now = Math.min(end, this.now + 100);
      this.gateway.tick();
    }
  }

  messagesOf<Type extends FromGateway['type']>(type: Type): Extract<FromGateway, { type: Type }>[] {
    return this.messages.filter((message): message is Extract<FromGateway, { type: Type }> => message.type === type);
  }

  /** Resolves when `condition` holds, looked at whenever the gateway says something. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.changed.push(resolve));
  }

  /** Bytes that have come from clients so far. */
  get clientBytes(): number {
    return this.clients.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  stop(): void {
    this.acceptor.close();
    this.gateway.drain(0, false);
    this.pass(200);
  }
}

function page(status: number, subStatus: number, title = ''): Answer {
  return {
    status,
    subStatus,
    headers: [['Content-Type', 'text/html']],
    body: `<h1>${status}.${subStatus} ${title}</h1>`,
  };
}
