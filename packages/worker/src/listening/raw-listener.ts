import net from 'node:net';
import type { ClientHandle, InternalServer, Listen2 } from '../node-internals.ts';

export type RawListenerPlace =
  | { readonly fd: number }
  | { readonly address: string | null; readonly port: number; readonly flags: number };

/** A real socket whose connections are handed on as handles, to become connections of another `net.Server`. */
export interface RawListener {
  readonly port: number;
  ref(): void;
  unref(): void;
  close(): void;
}

export type OpenRawListener = (
  place: RawListenerPlace,
  accept: (client: ClientHandle) => void,
  failed: (error: NodeJS.ErrnoException) => void,
) => RawListener;

/** Listens at once (`server.listen` with an address would wait a tick); errors come a tick later, as from Node.js. */
export function rawListenerOpener(listen2: Listen2): OpenRawListener {
  return (place, accept, failed) => {
    const server = net.createServer() as InternalServer;
    server.on('error', failed);
    if ('fd' in place) listen2.call(server, null, null, null, backlog, place.fd);
    else
      listen2.call(server, place.address, place.port, net.isIP(place.address ?? ''), backlog, undefined, place.flags);
    const handle = server._handle;
    if (handle !== null) {
      handle.onconnection = (status, client) => {
        if (status === 0 && client !== undefined) accept(client);
      };
    }
    const address = server.address();
    return {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      ref: () => server.ref(),
      unref: () => server.unref(),
      close: () => server.close(),
    };
  };
}

/** What Node.js asks for when the application says nothing. */
const backlog = 511;
