import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';

/** http-proxy-3 as its manual shows it, with an agent that keeps connections. */
const proxy = createProxyServer({
  target: `http://127.0.0.1:${process.env['ORIGIN_PORT']}`,
  agent: new Agent({ keepAlive: true, maxFreeSockets: 256 }),
  xfwd: true,
});
proxy.on('error', (_error, _request, response) => {
  if (response !== undefined && 'writeHead' in response && !response.headersSent) response.writeHead(502);
  response?.end();
});

const server = createServer((request, response) => proxy.web(request, response));
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env['PORT']), '127.0.0.1');
