/**
 * Every way in which the management API refuses. The slug is the stable name: it ends the problem's `type`,
 * and docs/reference/errors.md, which a test compares with this table, says how to solve each.
 */
export const problems = {
  malformed: { status: 400, code: 'PH1001', exit: 2, title: 'The request cannot be understood' },
  'not-found': { status: 404, code: 'PH1102', exit: 3, title: 'There is no such object' },
  'method-not-allowed': { status: 405, code: 'PH1002', exit: 2, title: 'This cannot be done with this object' },
  'too-large': { status: 413, code: 'PH1003', exit: 2, title: 'The request is too large' },
  'unsupported-media': { status: 415, code: 'PH1004', exit: 2, title: 'The body is not JSON' },
  'pool-stopped': { status: 409, code: 'PH2001', exit: 1, title: 'The application pool is not started' },
  'not-healthy-in-time': { status: 504, code: 'PH2002', exit: 9, title: 'The effect was not seen in time' },
  'daemon-stopping': { status: 503, code: 'PH2003', exit: 8, title: 'Poolhouse is stopping' },
  'too-many-streams': { status: 503, code: 'PH2004', exit: 1, title: 'Too many streams are open' },
  internal: { status: 500, code: 'PH2005', exit: 1, title: 'The supervisor failed' },
} as const;

export type ProblemSlug = keyof typeof problems;

/** Body of an error: RFC 9457, with our code. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What, why and what to do. */
  readonly detail: string;
  /** Names this one occurrence; the event log has it too when the supervisor is at fault. */
  readonly instance: string;
  readonly code: string;
}

const typePrefix = 'https://poolhouse.dev/problems/';

export function problemBody(slug: ProblemSlug, detail: string, requestId: string): ProblemBody {
  const { status, code, title } = problems[slug];
  return { type: typePrefix + slug, title, status, detail, instance: `urn:poolhouse:request:${requestId}`, code };
}

/** The slug of a problem that came over the wire; undefined when this version does not know it. */
export function problemSlug(type: unknown): ProblemSlug | undefined {
  if (typeof type !== 'string' || !type.startsWith(typePrefix)) return undefined;
  const slug = type.slice(typePrefix.length);
  return Object.hasOwn(problems, slug) ? (slug as ProblemSlug) : undefined;
}

/** Thrown by the API's own checks; `OperationRefused` is the supervisor's. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly problem: ProblemSlug;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: ProblemSlug, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.problem = problem;
    this.headers = headers;
  }
}
