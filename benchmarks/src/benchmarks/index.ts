import type { Benchmark } from './benchmark.ts';
import { coldStart } from './cold-start.ts';
import { dataProtection } from './data-protection.ts';
import { forwarding } from './forwarding.ts';
import { recycleUnderLoad } from './recycle-under-load.ts';

/** What `npm run bench -- NAME` can run. */
export const benchmarks: readonly Benchmark[] = [forwarding, recycleUnderLoad, coldStart, dataProtection];
