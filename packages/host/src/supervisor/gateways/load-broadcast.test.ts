import { describe, expect, it } from 'vitest';
import { LoadBroadcast } from './load-broadcast.ts';
import { UpstreamCounts } from './upstream-counts.ts';

/** Gateways 1 and 2; upstreams 10 and 11 of a garden, 20 of an application with one process. */
function begin() {
  const counts = new UpstreamCounts();
  for (const id of [10, 11]) counts.add({ id, application: 'garden/' });
  counts.add({ id: 20, application: 'single/' });
  const broadcast = new LoadBroadcast(counts);
  broadcast.join(1);
  broadcast.join(2);
  const report = (gateway: number, id: number, active: number): void => {
    counts.update(gateway, { id, active, served: 0, idleMs: 0 }, 0);
    broadcast.changed([id]);
  };
  return { counts, broadcast, report, due: () => [...broadcast.due()] };
}

describe('LoadBroadcast', () => {
  it('tells the others, at once, that an upstream has become busy or idle', () => {
    const { broadcast, report, due } = begin();
    report(1, 10, 3);
    expect(due()).toEqual([[2, -Infinity]]);
    expect(broadcast.take(2, 5_000)).toEqual([{ id: 10, active: 3 }]);
    expect(due()).toEqual([]);
    report(1, 10, 0);
    expect(due()).toEqual([[2, -Infinity]]);
  });

  it('tells how busy it is once a second', () => {
    const { broadcast, report, due } = begin();
    report(1, 10, 3);
    broadcast.take(2, 5_000);
    report(1, 10, 4);
    report(1, 11, 0);
    expect(due()).toEqual([[2, 6_000]]);
    report(1, 10, 5);
    expect(broadcast.take(2, 6_000)).toEqual([{ id: 10, active: 5 }]);
  });

  it('says nothing that is known, and nothing of an application with one process', () => {
    const { broadcast, report, due } = begin();
    report(1, 10, 3);
    broadcast.take(2, 0);
    report(1, 10, 4);
    report(1, 10, 3);
    report(1, 20, 9);
    expect(due()).toEqual([]);
  });

  it('tells a gateway that begins afresh everything, and what a gateway that died leaves free', () => {
    const { counts, broadcast, report } = begin();
    report(1, 10, 3);
    broadcast.take(2, 0);
    broadcast.join(2);
    expect(broadcast.take(2, 0)).toEqual([{ id: 10, active: 3 }]);
    broadcast.leave(1);
    broadcast.changed(counts.forgetGateway(1));
    expect(broadcast.take(2, 0)).toEqual([{ id: 10, active: 0 }]);
  });

  it('begins when a second process joins the first', () => {
    const { counts, broadcast, report, due } = begin();
    report(1, 20, 9);
    counts.add({ id: 21, application: 'single/' });
    broadcast.changed(counts.siblings(21));
    expect(due()).toEqual([[2, -Infinity]]);
    expect(broadcast.take(2, 0)).toEqual([{ id: 20, active: 9 }]);
  });

  it('takes back what it said when there is no choice any more', () => {
    const { counts, broadcast, report } = begin();
    report(1, 10, 3);
    broadcast.take(2, 0);
    counts.forgetUpstream(11);
    broadcast.forgetUpstream(11);
    broadcast.changed([10]);
    expect(broadcast.take(2, 0)).toEqual([{ id: 10, active: 0 }]);
  });

  it('with one gateway there is never anything to tell', () => {
    const { broadcast, report, due } = begin();
    broadcast.leave(2);
    report(1, 10, 3);
    report(1, 11, 4);
    expect(due()).toEqual([]);
  });
});
