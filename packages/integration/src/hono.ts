import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { integrate, type IntegrationOptions } from './core/integrate.ts';
import { readHosting } from './core/hosting.ts';
import './core/hosted-request.ts';

/** The options of `serve` and `createAdaptorServer` of `@hono/node-server` that are used here; others pass. */
export interface HonoServeOptions {
  readonly port?: number;
  readonly hostname?: string;
}

/**
 * Options for `serve` of `@hono/node-server`, so that it serves a Hono application behind the gateway:
 *
 *     serve(honoIntegration(app, { port: 3000 }));
 *
 * `port` and `hostname` hold when the process is not hosted. `c.req.url` and `getConnInfo(c)` tell of the client;
 * `c.env.incoming.pathBase` is the application's path.
 */
export function honoIntegration<A extends { fetch: unknown }, O extends HonoServeOptions>(
  app: A,
  serveOptions: O = {} as O,
  options: IntegrationOptions = {},
): O & { fetch: A['fetch']; createServer?: typeof createServer } {
  const served = { ...serveOptions, fetch: app.fetch as A['fetch'] };
  if (readHosting(process.env) === undefined) return served;
  const create = (serverOptions: ServerOptions, listener: RequestListener) =>
    integrate(createServer(serverOptions, listener), options);
  return { ...served, createServer: create as typeof createServer };
}
