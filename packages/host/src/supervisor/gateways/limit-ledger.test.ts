import type { SharedLimit } from '@poolhouse/contract';
import { describe, expect, it } from 'vitest';
import { LimitLedger } from './limit-ledger.ts';

const limit: SharedLimit = 'queue:shop';

function begin(size: number, total: number) {
  const said: string[] = [];
  const ledger = new LimitLedger(size, {
    answer: (gateway, _, granted) => said.push(`${gateway} gets ${granted}`),
    recall: (gateway, _, places) => said.push(`${gateway} may spare ${places}`),
  });
  ledger.set(limit, total);
  return { ledger, said: () => said.splice(0) };
}

describe('LimitLedger', () => {
  it('gives each gateway its share, and what the division leaves to who asks first', () => {
    const { ledger, said } = begin(3, 11);
    for (const gateway of [1, 2, 3]) expect(ledger.join(gateway)).toEqual({ [limit]: 3 });
    ledger.ask(2, limit);
    expect(said()).toEqual(['2 gets 2']);
  });

  it('gives a gateway alone everything', () => {
    expect(begin(1, 1_000).ledger.join(1)).toEqual({ [limit]: 1_000 });
  });

  it('asks the others when nothing is free, and answers when they have', () => {
    const { ledger, said } = begin(2, 200);
    ledger.join(1);
    ledger.join(2);
    ledger.ask(1, limit);
    ledger.ask(1, limit);
    expect(said()).toEqual(['2 may spare 64']);
    ledger.returned(2, limit, 50, true);
    expect(said()).toEqual(['1 gets 50']);
    ledger.ask(1, limit);
    ledger.returned(2, limit, 0, true);
    expect(said()).toEqual(['2 may spare 64', '1 gets 0']);
  });

  it('asks a gateway once for several who need places; the first is served first', () => {
    const { ledger, said } = begin(3, 300);
    for (const gateway of [1, 2, 3]) ledger.join(gateway);
    ledger.ask(1, limit);
    ledger.ask(2, limit);
    expect(said()).toEqual(['2 may spare 64', '3 may spare 64', '1 may spare 64']);
    ledger.returned(3, limit, 50, true);
    expect(said()).toEqual(['1 gets 50']);
    ledger.returned(1, limit, 0, true);
    ledger.returned(2, limit, 0, true);
    expect(said()).toEqual(['2 gets 0']);
  });

  it('takes back what a gateway that ends had, and answers for it', () => {
    const { ledger, said } = begin(2, 200);
    ledger.join(1);
    ledger.join(2);
    ledger.ask(1, limit);
    said();
    ledger.leave(2);
    expect(said()).toEqual(['1 gets 64']);
    expect(ledger.join(3)).toEqual({ [limit]: 36 });
  });

  it('grants nothing of a lower limit before the places are back', () => {
    const { ledger, said } = begin(2, 200);
    ledger.join(1);
    ledger.join(2);
    ledger.set(limit, 20);
    expect(ledger.deal(1, [limit])).toEqual({});
    ledger.returned(1, limit, 90, false);
    ledger.ask(1, limit);
    ledger.returned(2, limit, 80, true);
    expect(said()).toEqual(['2 may spare 64', '1 gets 0']);
    ledger.returned(2, limit, 15, false);
    ledger.ask(1, limit);
    expect(said()).toEqual(['1 gets 5']);
  });

  it('deals a higher limit out at once', () => {
    const { ledger } = begin(2, 20);
    ledger.join(1);
    ledger.set(limit, 50);
    expect(ledger.deal(1, [limit])).toEqual({ [limit]: 15 });
  });

  it('knows a limit that has gone until its places are back, and answers for one it never knew', () => {
    const { ledger, said } = begin(1, 10);
    ledger.join(1);
    ledger.set(limit, 0);
    ledger.ask(1, limit);
    ledger.set(limit, 10);
    expect(ledger.deal(1, [limit])).toEqual({});
    ledger.returned(1, limit, 10, false);
    expect(ledger.deal(1, [limit])).toEqual({ [limit]: 10 });
    ledger.ask(1, 'connections:9');
    expect(said()).toEqual(['1 gets 0', '1 gets 0']);
  });

  it('believes no gateway that returns more than it has, or that is gone', () => {
    const { ledger } = begin(2, 20);
    ledger.join(1);
    ledger.returned(1, limit, 1_000, false);
    ledger.leave(1);
    ledger.returned(1, limit, 5, false);
    expect(ledger.join(2)).toEqual({ [limit]: 10 });
  });
});
