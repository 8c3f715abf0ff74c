// An ordinary Express application. Nothing here knows of Poolhouse: it listens on PORT, and the request tells of
// the real client.
import express from 'express';

const app = express();

app.get('/', (req, res) => {
  res.json({
    hello: 'from Express',
    node: process.version,
    client: req.ip,
    scheme: req.protocol,
    secure: req.secure,
    host: req.host,
    protocol: `HTTP/${req.httpVersion}`,
    processId: process.pid,
  });
});

app.post('/echo', (req, res) => {
  res.type(req.headers['content-type'] ?? 'application/octet-stream');
  req.pipe(res);
});

// Server-sent events: one a second, until the client leaves or the process is asked to stop.
const listeners = new Set();
app.get('/events', (req, res) => {
  res.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).flushHeaders();
  const clock = setInterval(() => res.write(`event: tick\ndata: ${new Date().toISOString()}\n\n`), 1000);
  listeners.add(res);
  res.on('close', () => {
    clearInterval(clock);
    listeners.delete(res);
  });
});

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`listening on port ${process.env.PORT ?? 3000}`);
});

process.on('SIGTERM', () => {
  server.close();
  for (const res of listeners) res.end();
});
