import { describe, expect, it } from 'vitest';
import { nodeProblem } from './supported-node.ts';

describe('nodeProblem', () => {
  it.each(['24.19.0', '24.30.1', '26.4.0', '26.10.0', '27.0.0', '28.1.0'])('%s is supported', (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  });

  it.each(['12.22.12', '20.20.2', '22.30.0', '24.18.1', '25.9.0', '26.3.9'])('%s is refused in one line', (version) => {
    expect(nodeProblem(version)).toMatch(new RegExp(`^Poolhouse runs on Node.js 24.19 .*this is ${version}\\..*$`));
  });
});
