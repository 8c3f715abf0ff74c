// The application at "/": in-process, on a port that the host gives, without any dependency.
import { createServer } from 'node:http';

const page = (host) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Two applications</title>
<style>body{font:1.0625rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1.25rem}</style>
<h1>Two applications, one site</h1>
<p>This page comes from process ${process.pid}, the application at <code>/</code> of ${host}.</p>
<p>The API says: <output id="answer">…</output></p>
<script type="module">
  const response = await fetch('/api/time');
  document.querySelector('#answer').textContent = JSON.stringify(await response.json());
</script>
`;

const server = createServer((request, response) => {
  if (request.url !== '/') return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
  const host = String(request.headers.host).replace(/[^\w.:[\]-]/g, '');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(host));
});

server.listen(process.env.PORT ?? 3000);
process.on('SIGTERM', () => server.close());
