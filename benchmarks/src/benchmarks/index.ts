import type { Benchmark } from './benchmark.ts';
import { forwarding } from './forwarding.ts';

/** What `npm run bench -- NAME` can run. */
export const benchmarks: readonly Benchmark[] = [forwarding];
