/** Turns of the sentences in the catalogue. */

/** `signal SIGKILL`, `exit code 1`. */
export function ending(e: { code?: number | undefined; signal?: string | undefined }): string {
  return e.signal === undefined ? `exit code ${e.code ?? 'unknown'}` : `signal ${e.signal}`;
}

/** `: the reason`, or nothing. */
export function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}

/** Milliseconds as people say them: `40 ms`, `1.2 s`, `90 s`. */
export function seconds(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1_000)} s`;
}

/** `1 request`, `2 requests`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
