/** One row of a benchmark: medians over the rounds; null where a figure does not apply. */
export interface Row {
  readonly scenario: string;
  readonly subject: string;
  readonly requestsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** The main figure. */
  readonly cpuMicrosPerRequest: number | null;
  /** All of them, over all rounds. */
  readonly failed: number;
  /** Proportional set size after the load. */
  readonly memoryMB: number | null;
  /** `cpuMicrosPerRequest` divided by that of nginx in the same scenario. */
  readonly ratioToNginx: number | null;
}

/** What one round found of one row; figures are added as they are measured. */
export interface Sample {
  readonly scenario: string;
  readonly subject: string;
  readonly requestsPerSecond?: number;
  readonly p50Ms?: number | null;
  readonly p99Ms?: number | null;
  readonly cpuMicrosPerRequest?: number;
  readonly failed?: number;
  readonly memoryMB?: number | null;
}

export interface Summary {
  readonly row: Row;
  /** Largest distance of a round from the median of the main figure (CPU, else latency), as a share of it. */
  readonly spread: number | null;
}

/** Rows in the order in which scenarios and subjects first appear. */
export function summarise(samples: readonly Sample[]): Summary[] {
  const groups = Map.groupBy(samples, ({ scenario, subject }) => `${scenario}\n${subject}`);
  const summaries = [...groups.values()].map(summariseRow);
  const scenarios = [...new Set(summaries.map(({ row }) => row.scenario))];
  return scenarios.flatMap((scenario) => {
    const rows = summaries.filter(({ row }) => row.scenario === scenario);
    const nginx = rows.find(({ row }) => row.subject === 'nginx')?.row.cpuMicrosPerRequest ?? null;
    return rows.map(({ row, spread }) => {
      const cpu = row.cpuMicrosPerRequest;
      return { row: { ...row, ratioToNginx: cpu === null || nginx === null ? null : round(cpu / nginx, 2) }, spread };
    });
  });
}

function summariseRow(samples: readonly Sample[]): Summary {
  const { scenario, subject } = samples[0] as Sample;
  const values = (figure: 'requestsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuMicrosPerRequest' | 'memoryMB'): number[] =>
    samples.map((sample) => sample[figure]).filter((value) => typeof value === 'number');
  const cpu = values('cpuMicrosPerRequest');
  return {
    row: {
      scenario,
      subject,
      requestsPerSecond: round(median(values('requestsPerSecond')), 0),
      p50Ms: round(median(values('p50Ms')), 3),
      p99Ms: round(median(values('p99Ms')), 3),
      cpuMicrosPerRequest: round(median(cpu), 2),
      failed: samples.reduce((sum, sample) => sum + (sample.failed ?? 0), 0),
      memoryMB: round(median(values('memoryMB')), 1),
      ratioToNginx: null,
    },
    spread: spreadOf(cpu.length > 0 ? cpu : values('p50Ms')),
  };
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

function spreadOf(values: readonly number[]): number | null {
  const middle = median(values);
  if (middle === null || middle === 0 || values.length < 2) return null;
  return Math.max(...values.map((value) => Math.abs(value - middle))) / middle;
}

function round(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
