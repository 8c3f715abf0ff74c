import type { InternalServer } from './node-internals.ts';

/**
 * Why a server that is not an HTTP server cannot be what the worker serves; undefined = let it listen. Everything
 * else of the application that listens is its own affair.
 *
 * @param served whether the application has an HTTP server already
 */
export function unhostable(
  server: InternalServer,
  port: number,
  applicationPort: number,
  served: boolean,
): string | undefined {
  const [listener] = server.listeners('connection');
  // node:cluster's primary listens for its workers with `net.createServer(assert.fail)`.
  if (listener?.name === 'fail' && hasClusterWorkers() && !served) {
    return (
      'The application divides itself with node:cluster, which an application pool does: ' +
      'start one process and set maxProcesses of the pool (a web garden), or set hostingModel="outofprocess".'
    );
  }
  // Without a listener it only tries whether the port is free.
  if (port === applicationPort && listener !== undefined) {
    return (
      `The server on PORT (${port}) is a plain net.Server: in-process hosting serves HTTP servers of Node.js ` +
      '(node:http, node:https, node:http2). Set hostingModel="outofprocess" for any other.'
    );
  }
  return undefined;
}

function hasClusterWorkers(): boolean {
  // node:net has loaded it by now.
  const { workers } = require('node:cluster') as typeof import('node:cluster');
  return Object.keys(workers ?? {}).length > 0;
}
