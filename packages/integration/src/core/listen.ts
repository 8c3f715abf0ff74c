import { createServer, type RequestListener, type Server } from 'node:http';
import { plainPortVariable } from '@poolhouse/contract';
import { integrate, type IntegrationOptions } from './integrate.ts';

/** Where to listen when no host decides. */
export interface ListenOptions extends IntegrationOptions {
  /** Used when the variable `PORT` is not set. Default 3000. */
  readonly port?: number;
  /** Address to bind when not hosted. Default: every address, as `server.listen` does. */
  readonly host?: string;
}

/**
 * Integrates a server, or makes one of a request handler, and listens: on 127.0.0.1 and the host's port when the
 * process is hosted, else on `PORT`, else on the port given.
 *
 * Returns the server at once; it emits 'listening' or, when the address cannot be had, 'error'. While it stops it
 * emits 'stopping'.
 */
export function listen<S extends Server>(server: S, options?: ListenOptions): S;
export function listen(handler: RequestListener, options?: ListenOptions): Server;
export function listen(application: Server | RequestListener, options: ListenOptions = {}): Server {
  const server = typeof application === 'function' ? createServer(application) : application;
  integrate(server, options);
  const port = process.env[plainPortVariable] || String(options.port ?? 3000);
  // Some hosts put the path of a socket into PORT.
  if (!/^\d+$/.test(port)) return server.listen(port);
  return server.listen({ port: Number(port), ...(options.host === undefined ? {} : { host: options.host }) });
}
