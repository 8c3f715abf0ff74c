import { resolve } from 'node:path';
import type { WorkerSettings } from '@poolhouse/contract/environment';
import type { ToWorker } from '@poolhouse/contract/worker-messages';
import type * as Draining from './draining.ts';
import type { DrainContext } from './draining.ts';
import type * as EventLoop from './event-loop-delay.ts';
import type * as ExportedHandler from './exported-handler/serve-module.ts';
import type * as Http2Events from './gateway-connection/http2-events.ts';
import type * as OtherServers from './other-servers.ts';
import { adoptIpcChannel } from './channel/adopt-ipc.ts';
import { Channel } from './channel/channel.ts';
import { Pairing } from './gateway-connection/client-pairing.ts';
import { GatewayConnections } from './gateway-connection/gateway-connections.ts';
import { interceptHttp1Events } from './gateway-connection/http1-events.ts';
import { interceptHeads } from './gateway-connection/intercept-heads.ts';
import { ignoreConnectionLimit, pinTimeLimits, widenHeadLimit } from './gateway-connection/limits.ts';
import { GatewayListener } from './listening/gateway-listener.ts';
import { interceptListen } from './listening/intercept-listen.ts';
import { Listeners, type VirtualListener } from './listening/listeners.ts';
import { rawListenerOpener } from './listening/raw-listener.ts';
import { nodeInternals } from './node-internals.ts';
import { interceptSelfConnections } from './self-connections.ts';

/** What few applications or no start needs, loaded with the first use: every file costs a start a quarter millisecond. */
const later = {
  draining: () => require('./draining.js') as typeof Draining,
  eventLoopDelay: () => require('./event-loop-delay.js') as typeof EventLoop,
  exportedHandler: () => require('./exported-handler/serve-module.js') as typeof ExportedHandler,
  http2Events: () => require('./gateway-connection/http2-events.js') as typeof Http2Events,
  otherServers: () => require('./other-servers.js') as typeof OtherServers,
};

/**
 * Makes this process a worker:
 *
 *   1. hide the control channel and the preload from the application, and say hello: the process lives
 *   2. lead HTTP servers that listen, and connections to them, to the private socket
 *   3. when the application's server listens, say ready; it may come as late as it wants
 *   4. serve an application that only exports itself
 *
 * No 'uncaughtException' handler, no signal handler: what ends the application without a host ends it here.
 *
 * @throws Error when the process was not started by a supervisor, or this Node.js cannot host
 */
export function startWorker(settings: WorkerSettings, preloadFile: string): void {
  const exit = process.exit.bind(process);
  const internals = nodeInternals();
  const { _listen2: listen2 } = internals.serverPrototype;
  const openRawListener = rawListenerOpener(listen2);
  const pairing = new Pairing();
  const connections = new GatewayConnections(pairing);
  let eventLoopDelay: EventLoop.EventLoopDelay | undefined;

  // 1.
  const channel = new Channel(adoptIpcChannel(process), {
    message: receive,
    // A worker without a supervisor has no gateway either, and another one may already run in its place.
    lost: (reason) => {
      process.stderr.write(`poolhouse: the worker ends: ${reason}\n`);
      exit(1);
    },
  });
  forgetPreload(process.execArgv, preloadFile);
  channel.send({ type: 'hello', node: process.version });

  // 2.
  const gatewayListener = new GatewayListener(settings.socket, openRawListener, refuse);
  const listeners = new Listeners({
    ...{
      applicationPort: settings.port,
      listen2,
      openRawListener,
      sharePortFlag: sharePortFlag(process.versions.node),
    },
    prepare: (server, { protocol, tls }, listening) => {
      widenHeadLimit(server);
      const intercept = protocol === 'h2c' ? later.http2Events().interceptHttp2Events : interceptHttp1Events;
      intercept(server, tls, { connections, listening, application: () => listeners.application });
    },
    hold: (held) => gatewayListener.hold(held),
    serves,
    refuse,
  });
  interceptListen(internals, listeners, (server, port) => {
    const reason = later.otherServers().unhostable(server, port, settings.port, listeners.everListened);
    if (reason !== undefined) refuse(reason);
    return reason === undefined;
  });
  interceptHeads(internals);
  interceptSelfConnections(internals, (port, host) => listeners.findVirtual(port, host), openRawListener);

  // 3.
  function serves(application: VirtualListener, previous: VirtualListener | undefined): void {
    const { protocol } = application.kind;
    if (previous !== undefined && previous.kind.protocol !== protocol) {
      return refuse(
        'The application replaced an HTTP/1.1 server by an HTTP/2 one, or the reverse, while it ran; start with the one that stays.',
      );
    }
    pinTimeLimits(application.server);
    ignoreConnectionLimit(application.server);
    gatewayListener.serve(application.handle);
    if (previous === undefined) {
      pairing.whenPaired(() =>
        channel.send({ type: 'ready', port: application.askedPort || application.port, protocol }),
      );
    }
  }

  // 4.
  if (settings.exportedHandler !== undefined) {
    // After the entry has begun to load; a module that is its own entry is evaluated once.
    setImmediate(() => void serveExported(resolve(settings.exportedHandler as string)));
  } else {
    process.once('beforeExit', () => {
      const entry = process.argv[1];
      if (entry !== undefined && !listeners.everListened) void serveExported(resolve(entry), { optional: true });
    });
  }

  async function serveExported(path: string, { optional = false } = {}): Promise<void> {
    const problem = await later.exportedHandler().serveModule(path, settings.port, () => listeners.everListened);
    if (problem !== undefined && !optional) refuse(problem);
  }

  const drainContext: DrainContext = {
    connections,
    drained: (written) => {
      gatewayListener.close();
      channel.send({ type: 'drained' }, written);
    },
    exit: () => exit(0),
  };

  function receive(message: ToWorker): void {
    switch (message.type) {
      case 'pair':
        return pairing.pair(message.token);
      case 'ping':
        eventLoopDelay ??= new (later.eventLoopDelay().EventLoopDelay)();
        return channel.send({
          ...{ type: 'pong', sequence: message.sequence },
          ...{ eventLoopDelayMs: eventLoopDelay.take(), activeRequests: connections.activeRequests },
        });
      case 'drain':
        return later.draining().drain(message.limitMs, drainContext, message.answersMs);
    }
  }

  function refuse(reason: string): void {
    process.stderr.write(`poolhouse: ${reason}\n`);
    channel.send({ type: 'unsupported', reason }, () => exit(1));
  }
}

/** Forks of the application take their arguments from here. */
function forgetPreload(execArgv: string[], preloadFile: string): void {
  const index = execArgv.indexOf(preloadFile);
  if (index > 0) execArgv.splice(index - 1, 2);
}

/**
 * SO_REUSEPORT as libuv's bind flag, since Node.js 22.12: two workers of one pool, as in an overlapped recycle or a
 * web garden, may both have their metrics port. The kernel lets only processes of one user share a port.
 */
function sharePortFlag(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12) ? 2 : 0;
}
