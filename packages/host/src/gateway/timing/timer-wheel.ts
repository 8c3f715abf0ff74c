/**
 * One moment at which something must be looked at. An object per connection, armed again and again:
 * arming later than before, the usual case, is one assignment.
 */
export abstract class Deadline {
  /** When to expire, in the wheel's milliseconds; Infinity = not armed. */
  at = Infinity;
  /** Tick at which the wheel looks at it next; -1 = not on the wheel. */
  tick = -1;
  next: Deadline | undefined = undefined;
  previous: Deadline | undefined = undefined;

  abstract expired(now: number): void;
}

class Slot extends Deadline {
  override expired(): void {}
}

const slots = 512;

/**
 * Coarse timers for very many connections: no timer per request, no heap. A deadline hangs in the slot of the
 * tick at which it is due, or at most one turn ahead, and is looked at there: due → expires, armed later in the
 * meantime → moves on, disarmed → leaves. It expires never before and less than three ticks after its time.
 */
export class TimerWheel {
  /** Milliseconds; moves only with the ticks, so that reading it costs nothing. */
  now: number;
  private readonly tickMs: number;
  private readonly wheel: readonly Slot[];
  private turned: number;

  constructor(now: number, tickMs = 100) {
    this.now = now;
    this.tickMs = tickMs;
    this.turned = Math.floor(now / tickMs);
    this.wheel = Array.from({ length: slots }, () => {
      const slot = new Slot();
      slot.next = slot.previous = slot;
      return slot;
    });
  }

  /** Expires `deadline` after `delayMs`, instead of any earlier appointment. */
  arm(deadline: Deadline, delayMs: number): void {
    deadline.at = this.now + delayMs;
    // One tick more: `now` may be up to one tick old.
    const due = Math.ceil(deadline.at / this.tickMs) + 1;
    if (deadline.tick !== -1) {
      if (due >= deadline.tick) return;
      unlink(deadline);
    }
    this.file(deadline, due);
  }

  /** Forgets the appointment; the object may hang on the wheel a while longer. */
  disarm(deadline: Deadline): void {
    deadline.at = Infinity;
  }

  /** Forgets the object: it is no longer referenced from here. */
  remove(deadline: Deadline): void {
    deadline.at = Infinity;
    if (deadline.tick !== -1) unlink(deadline);
  }

  /** Moves the time on and expires what is due. */
  advance(now: number): void {
    this.now = Math.max(now, this.now);
    const last = Math.floor(this.now / this.tickMs);
    // After a long stall one full turn sees every slot once.
    for (let turn = Math.max(this.turned, last - slots) + 1; turn <= last; turn++) {
      this.turned = turn;
      this.visit(this.wheel[turn % slots] as Slot);
    }
  }

  private file(deadline: Deadline, due: number): void {
    const tick = Math.min(Math.max(due, this.turned + 1), this.turned + slots - 1);
    const slot = this.wheel[tick % slots] as Slot;
    deadline.tick = tick;
    deadline.previous = slot.previous;
    deadline.next = slot;
    (slot.previous as Deadline).next = deadline;
    slot.previous = deadline;
  }

  /** Takes the whole list first: what expires may arm others, also into this slot. */
  private visit(slot: Slot): void {
    if (slot.next === slot) return;
    const due: Deadline[] = [];
    for (let entry = slot.next as Deadline; entry !== slot; entry = slot.next as Deadline) {
      unlink(entry);
      due.push(entry);
    }
    for (const deadline of due) {
      if (deadline.at === Infinity || deadline.tick !== -1) continue;
      if (deadline.at > this.now) {
        this.file(deadline, Math.ceil(deadline.at / this.tickMs) + 1);
        continue;
      }
      deadline.at = Infinity;
      deadline.expired(this.now);
    }
  }
}

function unlink(deadline: Deadline): void {
  (deadline.previous as Deadline).next = deadline.next;
  (deadline.next as Deadline).previous = deadline.previous;
  deadline.next = deadline.previous = undefined;
  deadline.tick = -1;
}
