import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers with an empty body; the connection ends, so that a request body need not be read. */
export function answerEmpty(response: ServerResponse, status: number): void {
  response.shouldKeepAlive = false;
  response.writeHead(status, { 'content-length': 0 }).end();
}

/** Refuses a request whose connection Node.js has already handed over for an upgrade. */
export function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
