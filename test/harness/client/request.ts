import { Connection, type Address } from './connection.ts';
import type { Response } from './response.ts';

export interface RequestOptions {
  readonly method?: string;
  /** Value of Host; default the address. */
  readonly authority?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer;
  readonly version?: '1.0' | '1.1';
  readonly withinMs?: number;
}

export interface Target extends Address {
  readonly path: string;
}

/** Text of a request: Host and Content-Length are added unless given. */
export function formatRequest(target: Target, options: RequestOptions = {}): Buffer {
  const { method = 'GET', headers = [], version = '1.1' } = options;
  const body = Buffer.from(options.body ?? '');
  const has = (name: string) => headers.some(([n]) => n.toLowerCase() === name);
  const lines = [`${method} ${target.path} HTTP/${version}`];
  if (!has('host')) lines.push(`Host: ${options.authority ?? authorityOf(target)}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (options.body !== undefined && !has('content-length') && !has('transfer-encoding')) {
    lines.push(`Content-Length: ${body.length}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function authorityOf({ host = '127.0.0.1', port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One request on a connection of its own. */
export async function request(target: Target, options: RequestOptions = {}): Promise<Response> {
  const connection = await Connection.connect(target);
  try {
    return await connection.write(formatRequest(target, options)).response(options.method, options.withinMs);
  } finally {
    connection.close();
  }
}
