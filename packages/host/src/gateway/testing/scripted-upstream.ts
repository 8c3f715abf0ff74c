import { createServer, type Server, type Socket } from 'node:net';

/** One connection of the gateway to the upstream. */
export class UpstreamPeer {
  readonly socket: Socket;
  /** Everything received, latin1. */
  received = '';
  closed = false;
  private readonly changed: (() => void)[] = [];

  constructor(socket: Socket, onData: (peer: UpstreamPeer) => void) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      onData(this);
      this.notify();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.notify();
    });
  }

  /** Sends latin1. */
  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  async until(condition: (peer: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.changed.push(resolve));
  }

  /** Heads of requests received so far. */
  get requests(): number {
    return this.received.split('\r\n\r\n').length - 1;
  }

  private notify(): void {
    for (const wake of this.changed.splice(0)) wake();
  }
}

/** A raw server that answers as a script says: one misbehaviour each, which a real server would not show. */
export class ScriptedUpstream {
  readonly peers: UpstreamPeer[] = [];
  private readonly server: Server;
  private readonly waiting: (() => void)[] = [];

  /** `onData` is called for every piece that arrives. */
  constructor(onData: (peer: UpstreamPeer) => void) {
    this.server = createServer((socket) => {
      this.peers.push(new UpstreamPeer(socket, onData));
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }

  /** The peer with this index, when it has connected. */
  async peer(index = 0): Promise<UpstreamPeer> {
    while (this.peers.length <= index) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.peers[index] as UpstreamPeer;
  }

  /** All that was received, over all connections. */
  get received(): string {
    return this.peers.map(({ received }) => received).join('');
  }

  close(): void {
    for (const { socket } of this.peers) socket.destroy();
    this.server.close();
  }
}
