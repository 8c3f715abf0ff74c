import { Deadline } from './timer-wheel.ts';

/** One moment, once. */
export class Later extends Deadline {
  private readonly act: () => void;

  constructor(act: () => void) {
    super();
    this.act = act;
  }

  override expired(): void {
    this.act();
  }
}
