import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Admission } from './admission.ts';
import { Connections } from './connections.ts';
import { GracefulStop } from './graceful-stop.ts';
import { hostedArguments, readHosting, type Hosting } from './hosting.ts';
import { createMismatchReport } from './mismatch-report.ts';
import { answerEmpty, refuseUpgrade } from './refusal.ts';
import { reportToStandardError, type Report } from './report.ts';

/** What an application may say about its hosting. All of it is optional. */
export interface IntegrationOptions {
  /**
   * Called when the process stops, after the last response and before it exits: the place to close databases.
   * The process waits for it. To end WebSockets or background work earlier, listen to the server's `stopping`.
   */
  readonly onStopped?: () => void | PromiseLike<void>;
  /** Takes what the integration has to say, such as a refused request. Default: a line on standard error. */
  readonly log?: Report;
}

/** What a framework does differently. */
export interface FrameworkSteps {
  /** Closes the server and resolves after the last response; default: `server.close()`. */
  readonly close?: () => PromiseLike<unknown>;
}

/** Registered, so that two copies of this package in one application agree. */
const integrated = Symbol.for('@poolhouse/integration.integrated');

/**
 * Puts a server behind the gateway, if the process is hosted; else changes nothing. A second call does nothing.
 *
 *   1. it listens where the gateway connects, whatever `listen` is called with
 *   2. the gateway alone closes idle connections
 *   3. an upgrade is an ordinary request where the host forbids upgrades
 *   4. requests pass the admission before any listener of the application sees them
 *   5. the shutdown message and SIGTERM stop the process: no new connection, idle ones closed, 'stopping'
 *      emitted, requests in flight finished, exit 0
 */
export function integrate<S extends Server>(
  server: S,
  options: IntegrationOptions = {},
  steps: FrameworkSteps = {},
): S {
  const hosting = readHosting(process.env);
  if (hosting === undefined || integrated in server) return server;
  refuseOtherProtocols(server);
  Object.assign(server, { [integrated]: true });

  listenAt(server, hosting.address);
  keepIdleConnections(server);
  if (!hosting.upgrades) withoutUpgrades(server);
  observe(server, hosting, options, steps);
  return server;
}

/** By what only servers of TLS have and those of HTTP/2 lack: loading their modules to compare would take milliseconds. */
function refuseOtherProtocols(server: Server): void {
  if (!('setSecureContext' in server) && typeof server.closeIdleConnections === 'function') return;
  throw new TypeError(
    'The gateway speaks HTTP/1.1 without TLS to an application process, and this is a server for TLS or HTTP/2. ' +
      'Create it with http.createServer(); certificates belong to the binding of the site.',
  );
}

function listenAt(server: Server, address: Hosting['address']): void {
  const listen = server.listen as (...where: unknown[]) => Server;
  server.listen = (...wanted: unknown[]) => listen.call(server, ...hostedArguments(address, wanted));
}

/**
 * A connection that this side closes may be the one the gateway is just sending a request on. Frameworks and
 * applications set these times too, for the clients that they would have without a gateway; that is ignored.
 */
function keepIdleConnections(server: Server): void {
  for (const name of ['keepAliveTimeout', 'requestTimeout', 'timeout'] as const) {
    Object.defineProperty(server, name, { configurable: true, enumerable: true, get: () => 0, set: () => {} });
  }
}

function withoutUpgrades(server: Server): void {
  const { listenerCount } = server;
  server.listenerCount = (name: string | symbol, ...rest: unknown[]) =>
    name === 'upgrade' ? 0 : (listenerCount as (...of: unknown[]) => number).call(server, name, ...rest);
  // Node.js 24 and later asks this instead, and an application may have set it.
  Object.assign(server, { shouldUpgradeCallback: () => false });
}

/**
 * Stands in for `emit`, because listeners come later, may be several, and Node.js behaves differently where there
 * are any: adding one of our own for 'upgrade' or 'checkContinue' would change what the application sees.
 */
function observe(server: Server, hosting: Hosting, options: IntegrationOptions, steps: FrameworkSteps): void {
  const report = options.log ?? reportToStandardError;
  const reportMismatch = createMismatchReport(report, Date.now);
  const admission = new Admission(hosting, report);
  const connections = new Connections(server);
  const emit = server.emit.bind(server) as (name: string | symbol, ...values: unknown[]) => boolean;
  const stop = new GracefulStop({
    async close() {
      const close = steps.close ?? (() => closeServer(server));
      await Promise.all([close(), connections.end().then(() => emit('stopping'))]);
    },
    onStopped: options.onStopped ?? (() => {}),
    exit: (code) => process.exit(code),
    report,
  });

  const admitRequest = (request: IncomingMessage, response: ServerResponse): boolean => {
    connections.begin(response);
    switch (admission.judge(request)) {
      case 'application':
        return true;
      case 'stop':
        response.once('close', stop.begin);
        answerEmpty(response, 202);
        return false;
      case 'refuse':
        reportMismatch();
        answerEmpty(response, 400);
        return false;
    }
  };

  const admitUpgrade = (request: IncomingMessage, socket: Duplex): boolean => {
    const verdict = admission.judge(request);
    if (verdict === 'application') return true;
    if (verdict === 'refuse') reportMismatch();
    refuseUpgrade(socket);
    return false;
  };

  server.emit = (name: string | symbol, ...values: unknown[]): boolean => {
    switch (name) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        if (!admitRequest(values[0] as IncomingMessage, values[1] as ServerResponse)) return true;
        break;
      case 'upgrade':
      case 'connect':
        if (!admitUpgrade(values[0] as IncomingMessage, values[1] as Duplex)) return true;
        break;
      case 'connection':
        connections.add(values[0] as Socket);
        break;
      case 'listening':
        process.off('SIGTERM', stop.begin).on('SIGTERM', stop.begin);
        break;
    }
    return emit(name, ...values);
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once('close', resolve);
    server.close((error) => {
      // The application has closed it already; then 'close' comes with the end of the last connection, or came.
      if (error !== undefined) server.getConnections((_, count) => count === 0 && resolve());
    });
  });
}
