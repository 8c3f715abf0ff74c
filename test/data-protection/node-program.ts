// One application in a process of its own. Each line of standard input asks for some of what `NodeQuestion` has and is
// answered by a line.
import { createInterface } from 'node:readline';

import type { ApplicationOptions, Batch } from './application.ts';
import { openNode, type NodeApplication } from './nodejs.ts';

export interface NodeQuestion {
  /** Its keys are loaded, or made, when they are first used. */
  readonly start?: ApplicationOptions;
  readonly protect?: Batch;
  readonly unprotect?: Batch;
}

let application: NodeApplication | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  let answer: object;
  try {
    const { start, protect, unprotect } = JSON.parse(line) as NodeQuestion;
    if (start !== undefined) application = await openNode(start);
    answer = {
      ...(protect === undefined ? {} : { items: await application?.protect(protect) }),
      ...(unprotect === undefined ? {} : { outcomes: await application?.unprotect(unprotect) }),
    };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
application?.[Symbol.dispose]();
