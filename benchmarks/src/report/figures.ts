/** Names of figures, each with the subject that the main figure is divided by, as in `{ ratioToNginx: 'nginx' }`. */
export type References = Readonly<Record<RatioName, string>>;
export type RatioName = `ratioTo${string}`;

export const nginxAsReference: References = { ratioToNginx: 'nginx' };

/** One row of a benchmark: medians over the rounds; null where a figure does not apply. */
export interface Row {
  readonly scenario: string;
  readonly subject: string;
  readonly requestsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Of operations that take microseconds. */
  readonly p50Micros: number | null;
  readonly p99Micros: number | null;
  /** The main figure; where there are no requests, of an operation. */
  readonly cpuMicrosPerRequest: number | null;
  /** All of them, over all rounds. */
  readonly failed: number;
  /** Proportional set size after the load. */
  readonly memoryMB: number | null;
  /** `cpuMicrosPerRequest` divided by that of a reference in the same scenario. */
  readonly [ratio: RatioName]: number | null;
}

/** What one round found of one row; figures are added as they are measured. */
export interface Sample {
  readonly scenario: string;
  readonly subject: string;
  readonly requestsPerSecond?: number;
  readonly p50Ms?: number | null;
  readonly p99Ms?: number | null;
  readonly p50Micros?: number | null;
  readonly p99Micros?: number | null;
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
export function summarise(samples: readonly Sample[], references: References = nginxAsReference): Summary[] {
  const groups = Map.groupBy(samples, ({ scenario, subject }) => `${scenario}\n${subject}`);
  const summaries = [...groups.values()].map(summariseRow);
  const scenarios = [...new Set(summaries.map(({ row }) => row.scenario))];
  return scenarios.flatMap((scenario) => {
    const rows = summaries.filter(({ row }) => row.scenario === scenario);
    return rows.map(({ row, spread }) => ({ row: { ...row, ...ratiosOf(row, rows, references) }, spread }));
  });
}

function ratiosOf(row: Row, scenario: readonly Summary[], references: References): Record<RatioName, number | null> {
  const ratios: Record<RatioName, number | null> = {};
  for (const [name, subject] of Object.entries(references)) {
    const reference = scenario.find((one) => one.row.subject === subject)?.row.cpuMicrosPerRequest ?? null;
    const cpu = row.cpuMicrosPerRequest;
    ratios[name as RatioName] = cpu === null || reference === null ? null : round(cpu / reference, 2);
  }
  return ratios;
}

function summariseRow(samples: readonly Sample[]): Summary {
  const { scenario, subject } = samples[0] as Sample;
  const values = (figure: Exclude<keyof Sample, 'scenario' | 'subject' | 'failed'>): number[] =>
    samples.map((sample) => sample[figure]).filter((value) => typeof value === 'number');
  const cpu = values('cpuMicrosPerRequest');
  return {
    row: {
      scenario,
      subject,
      requestsPerSecond: round(median(values('requestsPerSecond')), 0),
      p50Ms: round(median(values('p50Ms')), 3),
      p99Ms: round(median(values('p99Ms')), 3),
      p50Micros: round(median(values('p50Micros')), 2),
      p99Micros: round(median(values('p99Micros')), 2),
      cpuMicrosPerRequest: round(median(cpu), 2),
      failed: samples.reduce((sum, sample) => sum + (sample.failed ?? 0), 0),
      memoryMB: round(median(values('memoryMB')), 1),
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
