import { loadExport } from './load-export.ts';
import { serveExport } from './serve-export.ts';

/**
 * Loads a module and lets the application that it exports listen on a port, unless the module has a server that
 * listens already.
 *
 * @returns why it cannot be served, for the operator
 */
export async function serveModule(path: string, port: number, listens: () => boolean): Promise<string | undefined> {
  const application = await loadExport(path);
  if (listens() || serveExport(application, port)) return undefined;
  return (
    `The module ${path} exports ${application === null ? 'null' : typeof application}, which is no application: export ` +
    'a (request, response) function, an HTTP server, an Express, Fastify or Koa application, or an object with fetch.'
  );
}
