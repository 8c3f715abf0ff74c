import {
  channelVersion,
  gatewayMessageLimit,
  gatewaySettingsVariable,
  parseGatewayMessage,
  type FromGateway,
  type GatewaySettings,
  type ToGateway,
} from '@poolhouse/contract';
import { firstSocketDescriptor, launch, type Credentials, type Exit, type LaunchedProcess } from '../../linux/index.ts';
import type { Endpoint } from '../endpoints/index.ts';

/**
 * V8 lets the space for young objects grow with the load, to three times 32 MiB. What a gateway makes is dead
 * before the next turn of its loop: a smaller space is collected more often and costs as little.
 */
const semiSpaceMiB = 4;

/** A peer that does not take its messages is replaced when this much waits for it, bytes. */
const unsentLimit = 8 * 1024 * 1024;

export interface GatewayProcessEvents {
  message(message: FromGateway): void;
  /** It broke the control protocol and is killed. */
  untrusted(detail: string): void;
  exited(exit: Exit): void;
}

export interface GatewayLaunch {
  readonly node: string;
  /** The compiled entry of the gateway process. */
  readonly entry: string;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: Credentials | undefined;
  readonly output: number;
}

/** One gateway process as the supervisor sees it. */
export class GatewayProcess {
  readonly #launched: LaunchedProcess;
  #untrusted = false;
  /** `starting` until it listens, `draining` once it was asked to end. */
  state: 'starting' | 'listening' | 'draining' = 'starting';
  connections = 0;
  /** It has its snapshot: from then on it is told every step. */
  informed = false;

  private constructor(launched: LaunchedProcess, events: GatewayProcessEvents) {
    this.#launched = launched;
    launched.onMessage((value) => this.#receive(value, events));
    void endOf(launched).then((exit) => events.exited(exit));
  }

  /** Starts a gateway that inherits the sockets of all endpoints. */
  static async start(
    endpoints: readonly Endpoint[],
    options: GatewayLaunch,
    events: GatewayProcessEvents,
  ): Promise<GatewayProcess> {
    const held = endpoints.flatMap(({ sockets, address, port, protocol }) =>
      sockets.map(({ fd }) => ({ fd, address, port, protocol })),
    );
    const settings: GatewaySettings = {
      version: channelVersion,
      sockets: held.map((socket, index) => ({ ...socket, fd: firstSocketDescriptor + index })),
    };
    const launched = await launch({
      program: options.node,
      arguments: [`--max-semi-space-size=${semiSpaceMiB}`, options.entry],
      workingDirectory: options.workingDirectory,
      environment: { ...options.environment, [gatewaySettingsVariable]: JSON.stringify(settings) },
      output: options.output,
      channel: true,
      sockets: held.map(({ fd }) => fd),
      credentials: options.credentials,
    });
    return new GatewayProcess(launched, events);
  }

  get pid(): number {
    return this.#launched.pid;
  }

  get startTime(): string {
    return this.#launched.startTime;
  }

  get mark(): string {
    return this.#launched.mark;
  }

  send(message: ToGateway, events: Pick<GatewayProcessEvents, 'untrusted'>): void {
    this.#launched.send(message);
    if (this.#launched.unsentBytes > unsentLimit)
      this.#condemn(`it left ${this.#launched.unsentBytes} bytes of messages unread`, events);
  }

  /** Bytes that it has not taken yet. */
  get unsentBytes(): number {
    return this.#launched.unsentBytes;
  }

  kill(): void {
    this.#launched.killTree();
  }

  #receive(value: unknown, events: GatewayProcessEvents): void {
    if (this.#untrusted) return;
    const message = parseGatewayMessage(value);
    if (message === undefined) return this.#condemn('it sent a message that is not part of the protocol', events);
    if (Buffer.byteLength(JSON.stringify(value)) > gatewayMessageLimit)
      return this.#condemn('it sent a message that is too large', events);
    if (message.type === 'counters') this.connections = message.connections;
    events.message(message);
  }

  #condemn(detail: string, events: Pick<GatewayProcessEvents, 'untrusted'>): void {
    this.#untrusted = true;
    events.untrusted(detail);
    this.kill();
  }
}

/** The end of the process and of its channel: what it had sent before it ended has been received by then. */
async function endOf(launched: LaunchedProcess): Promise<Exit> {
  const [exit] = await Promise.all([
    new Promise<Exit>((resolve) => launched.onExit(resolve)),
    new Promise<void>((resolve) => launched.onDisconnect(resolve)),
  ]);
  return exit;
}
