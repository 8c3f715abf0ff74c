import type { GatewaySettings } from '@poolhouse/contract';
import type { Emit } from '../../logging/index.ts';
import { type Accept, Listener } from './listener.ts';

/** All sockets that this gateway inherited. One that cannot be listened on does not keep the others from it. */
export class Listeners {
  private readonly accept: Accept;
  private readonly emit: Emit;
  private open: Listener[] = [];
  private closed = false;

  constructor(accept: Accept, emit: Emit) {
    this.accept = accept;
    this.emit = emit;
  }

  async listen(sockets: GatewaySettings['sockets']): Promise<void> {
    for (const socket of sockets) {
      const { address, port, protocol, fd } = socket;
      if (protocol === 'https') {
        this.emit('gateway.listen_failed', { address, port, error: 'https bindings are not supported yet' });
        continue;
      }
      const listener = new Listener(socket, this.accept, (error) =>
        this.emit('gateway.accept_failed', { address, port, error: error.message }),
      );
      try {
        await listener.listen();
        this.open.push(listener);
      } catch (error) {
        const reason = `${(error as Error).message} (descriptor ${fd})`;
        this.emit('gateway.listen_failed', { address, port, error: reason });
      }
    }
    if (this.closed) this.close();
  }

  /** Accepts nothing more, also on sockets that `listen` comes to later. */
  close(): void {
    this.closed = true;
    for (const listener of this.open.splice(0)) listener.close();
  }
}
