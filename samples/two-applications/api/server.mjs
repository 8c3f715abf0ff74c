// The application at "/api": out-of-process, in a pool of its own, without any dependency. A request's path begins
// with the application's; ASPNETCORE_APPL_PATH tells it.
import { createServer } from 'node:http';

const base = (process.env.ASPNETCORE_APPL_PATH ?? '/').replace(/\/$/, '');
let served = 0;

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const json = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body, null, 2));
  // The gateway's own word is the last element of the header.
  const client = request.headers['x-forwarded-for']?.split(',').at(-1)?.trim() ?? request.socket.remoteAddress;
  switch (pathname.toLowerCase()) {
    case base:
    case `${base}/`:
      return json(200, { hello: `from the application at ${base || '/'}`, client, processId: process.pid });
    case `${base}/time`:
      return json(200, { time: new Date().toISOString(), served: ++served, processId: process.pid });
    default:
      return json(404, { error: 'not found', path: pathname });
  }
});

// The gateway decides when a kept connection closes: it may be about to use it.
server.keepAliveTimeout = 0;
server.listen(process.env.PORT ?? 3000, '127.0.0.1');
process.on('SIGTERM', () => server.close());
