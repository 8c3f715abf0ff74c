import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { OperationRefused } from './operations.ts';
import type { SupervisorOperations } from './operations.ts';
import { problemBody, problems, RequestRefused } from './problems.ts';
import type { ProblemSlug } from './problems.ts';
import { matchRoute } from './route-match.ts';
import { routes } from './routes.ts';

/** Streams (events, followed logs) that may be open at a time. */
export const streamLimit = 32;

/**
 * The management API as a request listener; it never throws.
 *
 * @param closing aborted when the server closes: streams end
 */
export function createApi(operations: SupervisorOperations, closing: AbortSignal): RequestListener {
  let streams = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { route, name, query } = matchRoute(routes, request.method ?? '', request.url ?? '');
    if (route.streams === true && streams >= streamLimit) {
      throw new RequestRefused('too-many-streams', `${streamLimit} streams are open; close one and try again.`);
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    if (route.streams === true) {
      streams += 1;
      response.once('close', () => (streams -= 1));
    }
    const signal = AbortSignal.any([gone.signal, closing]);
    const result = await route.handle({ request, response, operations, name, query, signal });
    if (result !== undefined) sendJson(response, result.status, result.body);
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      sendProblem(response, error, operations, `${request.method} ${request.url?.split('?')[0]}`);
    });
  };
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { 'cache-control': 'no-store', ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sendProblem(
  response: ServerResponse,
  error: unknown,
  { events }: SupervisorOperations,
  operation: string,
): void {
  const requestId = randomBytes(6).toString('hex');
  const { slug, detail, headers } = describe(error, requestId);
  if (slug === 'internal') events.emit('supervisor.operation_failed', { operation, error: String(error), requestId });
  if (response.headersSent) return void response.destroy();
  // What is left of a body that was refused must not be taken for the next request.
  const connection = slug === 'too-large' ? { connection: 'close' } : {};
  sendJson(response, problems[slug].status, problemBody(slug, detail, requestId), {
    'content-type': 'application/problem+json',
    ...connection,
    ...headers,
  });
}

/** What the caller learns: everything of a refusal, nothing but an identity of a fault. */
function describe(error: unknown, requestId: string) {
  const none: Readonly<Record<string, string>> = {};
  if (error instanceof RequestRefused) return { slug: error.problem, detail: error.message, headers: error.headers };
  if (error instanceof OperationRefused) return { slug: error.problem, detail: error.message, headers: none };
  const slug: ProblemSlug = 'internal';
  const detail = `The event log says more about request ${requestId}.`;
  return { slug, detail, headers: none };
}
