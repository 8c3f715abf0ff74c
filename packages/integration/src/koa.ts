import type { IncomingMessage } from 'node:http';
import type { IntegrationOptions } from './core/integrate.ts';
import { readHosting } from './core/hosting.ts';
import { integrateListen, type ListeningApplication } from './core/listening-application.ts';
import './core/hosted-request.ts';

/** The parts of Koa's context that tell where the client believes to be. */
interface KoaContext {
  readonly req: IncomingMessage & { originalUrl?: string };
  readonly request: { originalUrl: string };
  originalUrl: string;
}

/** The parts of a Koa application that are used here. */
export interface KoaApplication extends ListeningApplication {
  readonly middleware: unknown[];
}

/**
 * Integrates a Koa application. Call it before `app.listen`, which then listens where the gateway connects.
 * Returns the application; when the process is not hosted, nothing about it has changed.
 *
 * `ctx.ip`, `ctx.protocol`, `ctx.secure` and `ctx.originalUrl` tell of the client without `app.proxy`;
 * `ctx.req.pathBase` is the application's path. An application that makes its own server from
 * `app.callback()` uses `integrate(server)` instead.
 */
export function koaIntegration<A extends KoaApplication>(app: A, options: IntegrationOptions = {}): A {
  if (readHosting(process.env) === undefined) return app;
  integrateListen(app, options);
  app.middleware.unshift(restoreOriginalUrl);
  return app;
}

/** Koa takes `originalUrl` from `req.url`, which begins after the path base by then. */
function restoreOriginalUrl(context: KoaContext, next: () => Promise<void>): Promise<void> {
  const { originalUrl } = context.req;
  if (originalUrl !== undefined) context.originalUrl = context.request.originalUrl = originalUrl;
  return next();
}
