import { expect, it } from 'vitest';
import { nextPause } from './readiness.ts';

it('sees an application soon after it listens, however long it took, and then looks four times a second', () => {
  let pause: number | undefined;
  let elapsed = 0;
  for (let look = 0; look < 100; look += 1) {
    pause = nextPause(pause);
    expect(pause).toBeLessThanOrEqual(5.01 + elapsed / 10);
    elapsed += pause;
  }
  expect(pause).toBe(250);
});
