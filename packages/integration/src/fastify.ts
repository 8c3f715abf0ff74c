import type { IncomingMessage, Server } from 'node:http';
import { isAdmitted } from './core/hosted-request.ts';
import { readHosting } from './core/hosting.ts';
import { integrate, type IntegrationOptions } from './core/integrate.ts';

/** The parts of a Fastify instance that are used here. */
export interface FastifyApplication {
  readonly server: unknown;
  addHook(name: 'onRequest', hook: (request: RawRequest, reply: EmptyReply, done: () => void) => void): unknown;
  close(): PromiseLike<unknown>;
}

interface RawRequest {
  readonly raw: unknown;
}

interface EmptyReply {
  code(status: number): { send(): unknown };
}

/**
 * Fastify plugin, for Fastify 5. Register it before `app.listen`, which then listens where the gateway
 * connects:
 *
 *     await app.register(fastifyIntegration);
 *
 * `request.ip`, `request.protocol`, `request.host` and `request.originalUrl` tell of the client without
 * `trustProxy`; `request.raw.pathBase` is the application's path. When the process stops, `app.close()` runs with
 * its hooks before the process exits. Does nothing when the process is not hosted.
 */
export function fastifyIntegration(app: FastifyApplication, options: IntegrationOptions, done: () => void): void {
  if (readHosting(process.env) !== undefined) {
    integrate(app.server as Server, options, { close: () => app.close() });
    app.addHook('onRequest', refuseUnlessAdmitted);
  }
  done();
}

/** For `localhost` Fastify opens a second server, on ::1, that no plugin can reach: nothing may pass there. */
function refuseUnlessAdmitted(request: RawRequest, reply: EmptyReply, done: () => void): void {
  if (isAdmitted(request.raw as IncomingMessage)) done();
  else reply.code(400).send();
}

// How Fastify knows a plugin for the whole application, and its name in messages.
Object.assign(fastifyIntegration, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@poolhouse/integration',
});
