import { expect, it } from 'vitest';
import { fewAtOnce } from './few-at-once.ts';

it('reads all in their order, 32 at a time', async () => {
  const names = Array.from({ length: 100 }, (_, index) => index.toString());
  let [open, most] = [0, 0];
  const read = await fewAtOnce(names, async (name) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    return name;
  });
  expect(read).toEqual(names);
  expect(most).toBe(32);
});

it('fails with what fails', async () => {
  await expect(fewAtOnce(['a'], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await fewAtOnce([], () => Promise.reject(new Error('no')))).toEqual([]);
});
