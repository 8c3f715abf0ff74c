import { payload, receiptOfPayload } from '../../apps/payload.ts';
import type { ExpectedAnswer } from './job.ts';

/** One kind of request and the answer it must get. */
export interface Exchange {
  readonly name: string;
  readonly request: Uint8Array;
  readonly expected: ExpectedAnswer;
}

export interface RequestOptions {
  /** Asks for the end of the connection after the answer. */
  readonly closing?: boolean;
  /** How long the app is to wait with its answer (`apps/plain`), milliseconds. */
  readonly waitMs?: number;
}

/** `GET` of so many bytes. */
export function get(bytes: number, options: RequestOptions = {}): Exchange {
  const head = `GET /bytes/${bytes}${query(options)} HTTP/1.1\r\n${fields(options)}\r\n`;
  return {
    name: `GET ${size(bytes)}`,
    request: Buffer.from(head, 'latin1'),
    expected: { status: 200, body: payload(bytes) },
  };
}

/** `POST` of so many bytes, answered with their count and checksum. */
export function post(bytes: number, options: RequestOptions = {}): Exchange {
  const content = `Content-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n`;
  const head = `POST /count${query(options)} HTTP/1.1\r\n${fields(options)}${content}\r\n`;
  return {
    name: `POST ${size(bytes)}`,
    request: Buffer.concat([Buffer.from(head, 'latin1'), payload(bytes)]),
    expected: { status: 200, body: receiptOfPayload(bytes) },
  };
}

function query({ waitMs }: RequestOptions): string {
  return waitMs === undefined ? '' : `?wait=${waitMs}`;
}

function fields({ closing = false }: RequestOptions): string {
  const common = 'Host: localhost\r\nUser-Agent: poolhouse-benchmark\r\nAccept: */*\r\nAccept-Encoding: identity\r\n';
  return closing ? `${common}Connection: close\r\n` : common;
}

function size(bytes: number): string {
  return bytes >= 1024 ** 2 ? `${bytes / 1024 ** 2} MB` : `${bytes / 1024} KB`;
}
