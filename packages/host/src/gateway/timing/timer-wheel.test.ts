import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline, TimerWheel } from './timer-wheel.ts';

class Recorder extends Deadline {
  expiredAt: number[] = [];
  again = 0;
  readonly wheel: TimerWheel;

  constructor(wheel: TimerWheel) {
    super();
    this.wheel = wheel;
  }

  override expired(now: number): void {
    this.expiredAt.push(now);
    if (this.again > 0) this.wheel.arm(this, this.again);
  }
}

function pass(wheel: TimerWheel, ms: number): void {
  for (const end = wheel.now + ms; wheel.now < end;) wheel.advance(Math.min(end, wheel.now + 100));
}

describe('TimerWheel', () => {
  it.each([0, 1, 99, 100, 101, 1_000, 15_000, 51_100, 51_200, 120_000, 10_000_000])('expires after %i ms', (delay) => {
    const wheel = new TimerWheel(12_345);
    const deadline = new Recorder(wheel);
    wheel.arm(deadline, delay);
    pass(wheel, delay + 300);
    expect(deadline.expiredAt).toHaveLength(1);
    const late = (deadline.expiredAt[0] as number) - 12_345 - delay;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(300);
  });

  it('expires once, and again when it is armed again', () => {
    const wheel = new TimerWheel(0);
    const deadline = new Recorder(wheel);
    deadline.again = 1_000;
    wheel.arm(deadline, 1_000);
    pass(wheel, 5_000);
    expect(deadline.expiredAt.length).toBe(4);
  });

  it('can be armed later, earlier, disarmed and removed', () => {
    const wheel = new TimerWheel(0);
    const [later, earlier, disarmed, removed] = [1, 2, 3, 4].map(() => new Recorder(wheel));
    for (const deadline of [later, earlier, disarmed, removed]) wheel.arm(deadline as Recorder, 2_000);
    wheel.arm(later as Recorder, 5_000);
    wheel.arm(earlier as Recorder, 500);
    wheel.disarm(disarmed as Recorder);
    wheel.remove(removed as Recorder);
    pass(wheel, 3_000);
    expect(later?.expiredAt).toEqual([]);
    expect(earlier?.expiredAt).toHaveLength(1);
    pass(wheel, 3_000);
    expect(later?.expiredAt).toHaveLength(1);
    expect(disarmed?.expiredAt).toEqual([]);
    expect(removed?.expiredAt).toEqual([]);
    expect(removed?.tick).toBe(-1);
  });

  it('one that removes another while both are due leaves it alone', () => {
    const wheel = new TimerWheel(0);
    const second = new Recorder(wheel);
    const first = new (class extends Recorder {
      override expired(): void {
        wheel.remove(second);
      }
    })(wheel);
    wheel.arm(first, 1_000);
    wheel.arm(second, 1_000);
    pass(wheel, 2_000);
    expect(second.expiredAt).toEqual([]);
  });

  it('survives a stall longer than a turn', () => {
    const wheel = new TimerWheel(0);
    const deadlines = [100, 30_000, 70_000].map((delay) => {
      const deadline = new Recorder(wheel);
      wheel.arm(deadline, delay);
      return deadline;
    });
    wheel.advance(200_000);
    pass(wheel, 300);
    expect(deadlines.map(({ expiredAt }) => expiredAt.length)).toEqual([1, 1, 1]);
  });

  it('never expires early and less than three ticks late, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('arm' as const), index: fc.nat(4), delay: fc.nat(200_000) }),
      fc.record({ kind: fc.constant('disarm' as const), index: fc.nat(4) }),
      fc.record({ kind: fc.constant('remove' as const), index: fc.nat(4) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(60_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const wheel = new TimerWheel(0);
        const due = [Infinity, Infinity, Infinity, Infinity, Infinity];
        const deadlines = due.map((_, index) => {
          return new (class extends Recorder {
            override expired(now: number): void {
              expect(now).toBeGreaterThanOrEqual(due[index] as number);
              due[index] = Infinity;
            }
          })(wheel);
        });
        for (const action of steps) {
          if (action.kind === 'pass') {
            pass(wheel, action.ms);
            for (const at of due) expect(wheel.now - at).toBeLessThan(300);
            continue;
          }
          const deadline = deadlines[action.index] as Recorder;
          due[action.index] = action.kind === 'arm' ? wheel.now + action.delay : Infinity;
          if (action.kind === 'arm') wheel.arm(deadline, action.delay);
          else wheel[action.kind](deadline);
        }
      }),
    );
  });
});
