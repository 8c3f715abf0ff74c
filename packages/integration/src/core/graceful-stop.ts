import type { Report } from './report.ts';

/** The steps of a stop, which the server and the process perform. */
export interface StopSteps {
  /** Stops accepting, closes idle connections, tells the application, and resolves after the last response. */
  readonly close: () => Promise<void>;
  /** The application's own last step. */
  readonly onStopped: () => void | PromiseLike<void>;
  readonly exit: (code: number) => void;
  readonly report: Report;
}

/**
 * Stops the process once, however often it is asked: by the shutdown message or by SIGTERM. There is no time
 * limit here: the host has one, and ends the process by force when it passes.
 */
export class GracefulStop {
  readonly #steps: StopSteps;
  #begun = false;

  constructor(steps: StopSteps) {
    this.#steps = steps;
  }

  readonly begin = (): void => {
    if (this.#begun) return;
    this.#begun = true;
    void this.#run();
  };

  async #run(): Promise<void> {
    try {
      await this.#steps.close();
      await this.#steps.onStopped();
      this.#steps.exit(0);
    } catch (error) {
      this.#steps.report(`the application failed while it stopped: ${(error as Error)?.stack ?? String(error)}`);
      this.#steps.exit(1);
    }
  }
}
