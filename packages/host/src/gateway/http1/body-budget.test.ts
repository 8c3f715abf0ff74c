import { describe, expect, it } from 'vitest';
import type { BodySink } from '../pipeline/forwardable.ts';
import { BodyBudget } from './body-budget.ts';
import { RequestBody } from './request-body.ts';

/** Takes what it gets, and more or not. */
function sink(flowing: () => boolean): BodySink {
  return { bodyData: () => flowing(), bodyEnd: () => {}, bodyFailed: () => {} };
}

/** Bytes that the budget counts, found by how many more exhaust it. */
function heldOf(budget: BodyBudget, limit: number): number {
  let more = 0;
  for (; !budget.exhausted; more++) budget.change(1);
  budget.change(-more);
  return limit - more;
}

describe('BodyBudget', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text);

  function begin(length: number) {
    const budget = new BodyBudget(1_000);
    return { body: new RequestBody(length, budget), held: () => heldOf(budget, 1_000) };
  }

  it('counts what waits for somebody to take it, whole or not', () => {
    const { body, held } = begin(10);
    body.receive(bytes('abcd'), 0);
    expect(held()).toBe(4);
    body.receive(bytes('efghij'), 0);
    expect(held()).toBe(10);
    body.attach(sink(() => true));
    expect(held()).toBe(0);
  });

  it('counts what a sink has not passed on, until it takes more', () => {
    const { body, held } = begin(100);
    let flowing = false;
    body.attach(sink(() => flowing));
    body.receive(bytes('x'.repeat(30)), 0);
    expect(held()).toBe(30);
    flowing = true;
    body.receive(bytes('x'.repeat(20)), 0);
    expect(held()).toBe(0);
    flowing = false;
    body.receive(bytes('x'.repeat(50)), 0);
    expect(held()).toBe(0);
  });

  it.each([
    ['dropped', (body: RequestBody) => body.discard()],
    ['given up', (body: RequestBody) => body.abandon()],
  ])('counts nothing of a body that is %s', (_, end) => {
    const { body, held } = begin(-1);
    body.receive(bytes('5\r\nabcde\r\n'), 0);
    expect(held()).toBeGreaterThan(0);
    end(body);
    expect(held()).toBe(0);
    body.receive(bytes('5\r\nabcde\r\n'), 0);
    expect(held()).toBe(0);
  });

  it('counts nothing of a chunked body that is handed over whole', () => {
    const { body, held } = begin(-1);
    body.attach(sink(() => false));
    body.receive(bytes('5\r\nabcde\r\n0\r\n\r\n'), 0);
    expect(body.complete).toBe(true);
    expect(held()).toBe(0);
  });
});
