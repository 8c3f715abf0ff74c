import { createServer, type Server, type Socket } from 'node:net';
import type { GatewaySettings } from '@poolhouse/contract';
import type { ClientConnectionFacts } from '../pipeline/exchange.ts';

/** Takes over the connection of a client. */
export type Accept = (socket: Socket, facts: ClientConnectionFacts) => void;
export type InheritedSocket = GatewaySettings['sockets'][number];

/** Connections that may wait to be accepted; the kernel's own limit (somaxconn) holds as well. */
const backlog = 4_096;
/** TCP keep-alive finds clients that vanished without a word. */
const keepAliveDelayMs = 60_000;

/** One inherited socket, from the moment this gateway accepts connections on it. */
export class Listener {
  private readonly server: Server;
  private readonly inherited: InheritedSocket;
  private readonly failed: (error: Error) => void;

  /** `failed`: a connection could not be accepted. */
  constructor(inherited: InheritedSocket, accept: Accept, failed: (error: Error) => void) {
    this.inherited = inherited;
    this.failed = failed;
    this.server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs },
      (socket) => {
        const facts = factsOf(socket);
        // Reset before it could be looked at.
        if (facts === undefined) socket.destroy();
        else accept(socket, facts);
      },
    );
  }

  /** Rejects when the descriptor cannot be listened on. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ fd: this.inherited.fd, backlog }, () => {
        this.server.off('error', reject);
        this.server.on('error', this.failed);
        resolve();
      });
    });
  }

  /** Accepts nothing more; connections stay. The socket itself belongs to the supervisor. */
  close(): void {
    this.server.close();
  }
}

function factsOf(socket: Socket): ClientConnectionFacts | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || localAddress === undefined) return undefined;
  return {
    secure: false,
    remoteAddress: unmapped(remoteAddress),
    remotePort: remotePort ?? 0,
    localAddress: unmapped(localAddress),
    localPort: localPort ?? 0,
  };
}

/** IPv4 as such, also when the socket is an IPv6 one that takes both. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
