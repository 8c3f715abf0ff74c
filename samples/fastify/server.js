// A Fastify application behind the gateway: the integration refuses requests that did not come from there, makes
// request.ip and request.protocol tell of the real client, and stops without losing a request. Started by hand,
// without a host, it changes nothing.
import { fastifyIntegration } from '@poolhouse/integration/fastify';
import Fastify from 'fastify';

const app = Fastify({ logger: { level: 'warn' } });
await app.register(fastifyIntegration);

app.get('/', async (request) => ({
  hello: 'from Fastify',
  node: process.version,
  client: request.ip,
  clientPort: request.socket.remotePort,
  scheme: request.protocol,
  host: request.host,
  pathBase: request.raw.pathBase ?? '(not hosted)',
  user: request.raw.iisUser ?? null,
  hosted: process.env.ASPNETCORE_PORT !== undefined,
  processId: process.pid,
}));

app.removeAllContentTypeParsers();
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
app.post('/echo', async (request, reply) => {
  reply.type(request.headers['content-type'] ?? 'application/octet-stream');
  return request.body;
});

// Server-sent events: one a second, until the client leaves or the server closes.
const listeners = new Set();
app.get('/events', (_request, reply) => {
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).flushHeaders();
  const clock = setInterval(() => response.write(`event: tick\ndata: ${new Date().toISOString()}\n\n`), 1000);
  listeners.add(response);
  response.on('close', () => {
    clearInterval(clock);
    listeners.delete(response);
  });
});
app.addHook('preClose', async () => {
  for (const response of listeners) response.end();
});

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
