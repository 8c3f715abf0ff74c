import type { FromGateway } from '@poolhouse/contract';

/** The way to the supervisor, which is gone when the supervisor is. */
export class SupervisorChannel {
  /** Messages that the kernel has not taken yet: the supervisor is busy. */
  unsent = 0;
  private emptied: (() => void) | undefined;

  send(message: FromGateway): void {
    if (!process.connected) return;
    this.unsent++;
    process.send?.(message, undefined, undefined, () => {
      this.unsent--;
      if (this.unsent === 0) this.emptied?.();
    });
  }

  /** Calls back when everything that was sent has left. */
  whenSent(emptied: () => void): void {
    if (this.unsent === 0) emptied();
    else this.emptied = emptied;
  }
}
