import { describe, expect, it } from 'vitest';
import { RetireAnswers } from './retire-answers.ts';

function collect(): { answers: RetireAnswers; settled: [number, string][] } {
  const settled: [number, string][] = [];
  return { settled, answers: new RetireAnswers((upstream, answer) => settled.push([upstream, answer])) };
}

describe('answers to a retire', () => {
  it('waits for every gateway', () => {
    const { answers, settled } = collect();
    answers.ask(7, [1, 2]);
    answers.answer(7, 1, 'drained');
    expect(settled).toEqual([]);
    answers.answer(7, 2, 'drained');
    expect(settled).toEqual([[7, 'drained']]);
  });

  it('the first busy decides, once', () => {
    const { answers, settled } = collect();
    answers.ask(7, [1, 2]);
    answers.answer(7, 1, 'busy');
    answers.answer(7, 2, 'drained');
    expect(settled).toEqual([[7, 'busy']]);
  });

  it('a gateway that is gone holds nothing', () => {
    const { answers, settled } = collect();
    answers.ask(7, [1, 2]);
    answers.ask(8, [1]);
    answers.answer(7, 2, 'drained');
    answers.forgetGateway(1);
    expect(settled).toEqual([
      [7, 'drained'],
      [8, 'drained'],
    ]);
  });

  it('without gateways it is drained, after the decision that asked', async () => {
    const { answers, settled } = collect();
    answers.ask(7, []);
    expect(settled).toEqual([]);
    await Promise.resolve();
    expect(settled).toEqual([[7, 'drained']]);
  });

  it('an answer nobody waits for is ignored', () => {
    const { answers, settled } = collect();
    answers.answer(7, 1, 'drained');
    answers.ask(7, [1]);
    answers.forgetUpstream(7);
    answers.answer(7, 1, 'drained');
    expect(settled).toEqual([]);
  });
});
