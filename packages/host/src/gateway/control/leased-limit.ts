import { shareOf, type SharedLimit } from '@poolhouse/contract';

/** What a gateway says to the supervisor about places. */
export interface LeaseReports {
  /** None is left; the answer comes by `answered`. */
  ask(limit: SharedLimit): void;
  giveBack(limit: SharedLimit, places: number, recalled: boolean): void;
}

/** After an answer of nothing, the supervisor is left alone for this long. */
const deniedMs = 1_000;

/**
 * This gateway's part of a limit that holds over all gateways: it uses no more places than it holds, and asks for
 * more when it needs one and has none.
 *
 *   take ─► taken     a place was free, or there is no limit
 *        ─► asked     the answer decides: `whenAnswered`, then take again
 *        ─► refused   all places are in use, everywhere as far as is known
 */
export class LeasedLimit {
  readonly name: SharedLimit;
  used = 0;
  /** The supervisor has answered, or sent places unasked: whoever waits may take again. */
  whenAnswered: (() => void) | undefined;

  /** What the plan says, over all gateways; 0 = it has no such limit. */
  private total = 0;
  private held = 0;
  /** Of the places held, those that go back as they become free: the limit was lowered. */
  private owed = 0;
  private asking = false;
  private deniedUntil = -Infinity;
  private readonly clock: { readonly now: number };
  private readonly reports: LeaseReports;

  constructor(name: SharedLimit, clock: { readonly now: number }, reports: LeaseReports) {
    this.name = name;
    this.clock = clock;
    this.reports = reports;
  }

  /** Places that this gateway may use. */
  get places(): number {
    return this.total === Infinity ? Infinity : this.held - this.owed;
  }

  /** `take` would refuse. */
  get exhausted(): boolean {
    if (this.used < this.places || this.asking) return false;
    return !this.mayGrow || this.clock.now < this.deniedUntil;
  }

  /** Other gateways, or the supervisor, have places of this limit. */
  get mayGrow(): boolean {
    return this.places < this.total;
  }

  take(): 'taken' | 'asked' | 'refused' {
    if (this.used < this.places) {
      this.used++;
      return 'taken';
    }
    if (this.exhausted) return 'refused';
    if (!this.asking) {
      this.asking = true;
      this.reports.ask(this.name);
    }
    return 'asked';
  }

  /** For what had a place before and must have one again, whether one is free or not. */
  occupy(): void {
    this.used++;
  }

  release(): void {
    this.used--;
  }

  /** The limit of a new plan, shared by `gateways`; Infinity = none. A lower one is a debt, paid as places become free. */
  setTotal(total: number, gateways: number): void {
    const beyondShare = Math.max(0, this.held - (total === Infinity ? 0 : shareOf(total, gateways)));
    const lowered = total < this.total || total === Infinity;
    this.owed = lowered ? beyondShare : Math.min(this.owed, beyondShare);
    this.total = total;
    this.pay();
  }

  /** Places that were sent unasked. */
  add(places: number): void {
    this.held += places;
    this.whenAnswered?.();
  }

  answered(granted: number): void {
    this.held += granted;
    this.asking = false;
    this.deniedUntil = granted === 0 ? this.clock.now + deniedMs : -Infinity;
    this.whenAnswered?.();
  }

  /** Half of what is free, so that two gateways do not take turns with one place; all of a last one. */
  recall(wanted: number): void {
    const free = Math.max(0, this.held - this.owed - this.used);
    const places = Math.min(wanted, Math.ceil(free / 2));
    this.held -= places;
    this.reports.giveBack(this.name, places, true);
  }

  /** Gives back what is owed and not in use; everything, when the plan has no such limit. */
  pay(): void {
    if (this.total === 0) this.owed = this.held;
    const places = Math.min(this.owed, Math.max(0, this.held - this.used));
    if (places === 0) return;
    this.owed -= places;
    this.giveBack(places);
  }

  /** Gives back everything that is not in use; what is needed later is asked for. */
  giveBackFree(): void {
    this.pay();
    const places = Math.max(0, this.held - this.owed - this.used);
    if (places > 0) this.giveBack(places);
  }

  private giveBack(places: number): void {
    this.held -= places;
    this.reports.giveBack(this.name, places, false);
  }

  /** The plan has it no longer, nobody uses it, and all places are back. */
  get forgotten(): boolean {
    return this.total === 0 && this.held === 0 && this.used === 0 && !this.asking;
  }
}
