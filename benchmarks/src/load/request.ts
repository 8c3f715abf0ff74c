import { payload, receiptOfPayload } from '../../apps/payload.ts';
import type { ExpectedAnswer } from './job.ts';

/** One kind of request and the answer it must get. */
export interface Exchange {
  readonly name: string;
  readonly request: Uint8Array;
  readonly expected: ExpectedAnswer;
}

const fields = 'User-Agent: poolhouse-benchmark\r\nAccept: */*\r\nAccept-Encoding: identity\r\n';

/** `GET` of so many bytes. */
export function get(bytes: number, connection = ''): Exchange {
  const head = `GET /bytes/${bytes} HTTP/1.1\r\nHost: localhost\r\n${fields}${connection}\r\n`;
  return {
    name: `GET ${size(bytes)}`,
    request: Buffer.from(head, 'latin1'),
    expected: { status: 200, body: payload(bytes) },
  };
}

/** `POST` of so many bytes, answered with their count and checksum. */
export function post(bytes: number, connection = ''): Exchange {
  const head = `POST /count HTTP/1.1\r\nHost: localhost\r\n${fields}${connection}Content-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`;
  return {
    name: `POST ${size(bytes)}`,
    request: Buffer.concat([Buffer.from(head, 'latin1'), payload(bytes)]),
    expected: { status: 200, body: receiptOfPayload(bytes) },
  };
}

/** The field that makes a request the last one of its connection. */
export const closing = 'Connection: close\r\n';

function size(bytes: number): string {
  return bytes >= 1024 ** 2 ? `${bytes / 1024 ** 2} MB` : `${bytes / 1024} KB`;
}
