import type { FromGateway } from '@poolhouse/contract';

/** The way to the supervisor, which is gone when the supervisor is. */
export class SupervisorChannel {
  /** Messages that the kernel has not taken yet: the supervisor is busy. */
  unsent = 0;

  send(message: FromGateway): void {
    if (!process.connected) return;
    this.unsent++;
    process.send?.(message, undefined, undefined, () => this.unsent--);
  }
}
