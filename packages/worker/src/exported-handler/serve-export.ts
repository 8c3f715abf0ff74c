import http, { type RequestListener } from 'node:http';
import net from 'node:net';
import { fetchListener, type FetchHandler } from './fetch-listener.ts';

/**
 * Lets an exported application listen on a port, in the way of its kind: an HTTP server, a Fastify instance, a
 * `(request, response)` function (Express is one), `{ fetch }` (Hono and other web-standard ones), or anything with
 * `listen(port)` (Koa).
 *
 * @returns false when it is none of these
 */
export function serveExport(application: unknown, port: number): boolean {
  if (application instanceof net.Server) {
    if (!application.listening) application.listen(port);
  } else if (typeof application === 'function') {
    http.createServer(application as RequestListener).listen(port);
  } else if (hasMethod(application, 'ready') && hasMethod(application, 'listen')) {
    // A failed start is the application's error: it rejects, and the process ends as without a host.
    void application.listen({ port, host: '127.0.0.1' });
  } else if (hasMethod(application, 'fetch')) {
    http.createServer(fetchListener(application as unknown as FetchHandler)).listen(port);
  } else if (hasMethod(application, 'listen')) {
    application.listen(port);
  } else {
    return false;
  }
  return true;
}

function hasMethod<Name extends string>(
  value: unknown,
  name: Name,
): value is Record<Name, (argument: unknown) => unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function';
}
