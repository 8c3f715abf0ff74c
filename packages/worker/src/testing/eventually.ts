import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is the expected one. */
export async function eventually<Answer>(ask: () => Answer | Promise<Answer>, expected: Answer): Promise<void> {
  await eventuallyTrue(async () => isDeepStrictEqual(await ask(), expected));
}

export async function eventuallyTrue(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}
