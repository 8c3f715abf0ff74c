import type { IncomingMessage, ServerResponse } from 'node:http';
import { eventTopics } from '../../logging/index.ts';
import { eventId, eventNumber, isWanted, streamEvents } from './event-stream.ts';
import { streamOutput } from './log-stream.ts';
import type { PoolSnapshot, SupervisorOperations } from './operations.ts';
import { OperationRefused } from './operations.ts';
import { RequestRefused } from './problems.ts';
import {
  booleanParameter,
  countParameter,
  readQuery,
  textParameter,
  timeoutParameter,
  wordsParameter,
} from './query.ts';
import { readBody } from './request-body.ts';
import type { RoutePattern } from './route-match.ts';

/** One request, taken apart. */
export interface ApiCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly operations: SupervisorOperations;
  /** Decoded `{name}` of the path; empty where the route has none. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** The answer, or undefined when the handler streams it itself. */
export type ApiAnswer = { readonly status: number; readonly body: unknown } | undefined;

interface Route extends RoutePattern {
  readonly method: 'GET' | 'POST';
  readonly handle: (call: ApiCall) => ApiAnswer | Promise<ApiAnswer>;
  /** Whether the answer may go on for as long as the client listens. */
  readonly streams?: boolean;
}

/** Everything the API has. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/api', handle: describeApi },
  { method: 'GET', path: '/api/v1/status', handle: status },
  { method: 'POST', path: '/api/v1/pools/{name}/recycle', handle: recycle },
  { method: 'POST', path: '/api/v1/pools/{name}/start', handle: (call) => startOrStop(call, 'start') },
  { method: 'POST', path: '/api/v1/pools/{name}/stop', handle: (call) => startOrStop(call, 'stop') },
  { method: 'POST', path: '/api/v1/key-rings/refresh', handle: refreshKeyRings },
  { method: 'POST', path: '/api/v1/stop', handle: stop },
  { method: 'GET', path: '/api/v1/events', handle: events, streams: true },
  { method: 'GET', path: '/api/v1/logs/{name}', handle: logs, streams: true },
];

function describeApi({ operations, query }: ApiCall): ApiAnswer {
  readQuery(query, {});
  return { status: 200, body: { versions: ['v1'], role: 'admin', version: operations.status().version } };
}

function status({ operations, query }: ApiCall): ApiAnswer {
  readQuery(query, {});
  return { status: 200, body: operations.status() };
}

async function recycle({ operations, name, query, request }: ApiCall): Promise<ApiAnswer> {
  const { wait, timeout } = readQuery(query, { wait: booleanParameter(true), timeout: timeoutParameter });
  await readNoBody(request);
  const effect = operations.recyclePool(name, { wait });
  if (!wait) return { status: 202, body: await effect };
  return { status: 200, body: await inTime(effect, timeout, `the recycle of pool ${name}`) };
}

async function startOrStop({ operations, name, query, request }: ApiCall, verb: 'start' | 'stop'): Promise<ApiAnswer> {
  const { timeout } = readQuery(query, { timeout: timeoutParameter });
  await readNoBody(request);
  const effect = verb === 'start' ? operations.startPool(name) : operations.stopPool(name);
  return { status: 200, body: await inTime(effect, timeout, `the ${verb} of pool ${name}`) };
}

async function refreshKeyRings({ operations, query, request }: ApiCall): Promise<ApiAnswer> {
  readQuery(query, {});
  await readNoBody(request);
  const items = await operations.refreshKeyRings();
  return { status: 200, body: { items, total: items.length } };
}

async function stop({ operations, query, request }: ApiCall): Promise<ApiAnswer> {
  readQuery(query, {});
  const { reason = 'asked through the management API', ...others } = await readBody(request);
  if (typeof reason !== 'string' || reason.length > 200 || Object.keys(others).length > 0) {
    throw new RequestRefused('malformed', 'The body may only have "reason", a text of at most 200 characters.');
  }
  await operations.stop(reason);
  return { status: 202, body: { state: 'stopping' } };
}

/** Server-sent events for who wants a stream; for who asks for JSON, what the ring holds. */
function events({ operations, query, request, response, signal }: ApiCall): ApiAnswer {
  const { since, topics } = readQuery(query, { since: textParameter, topics: wordsParameter(eventTopics) });
  const log = operations.events;
  const after = request.headers['last-event-id'] ?? since;
  if (request.headers.accept?.includes('application/json')) {
    const from = (after === undefined ? undefined : eventNumber(log, String(after))) ?? 0;
    const items = log.since(from).filter((each) => isWanted(each, topics));
    const body = items.map(({ number, event }) => ({ id: eventId(log, number), ...event }));
    return { status: 200, body: { items: body, total: body.length, next: eventId(log, log.last) } };
  }
  const end = streamEvents(response, log, { after: after === undefined ? undefined : String(after), topics });
  signal.addEventListener('abort', end, { once: true });
  return undefined;
}

async function logs({ operations, name, query, response, signal }: ApiCall): Promise<ApiAnswer> {
  const { tail, follow } = readQuery(query, { tail: countParameter(200, 10_000), follow: booleanParameter(false) });
  const files = () => operations.outputFiles(name);
  if (files() === undefined) throw new OperationRefused('not-found', `There is no pool ${JSON.stringify(name)}.`);
  await streamOutput(response, { pool: name, files, begin: { tail }, follow, signal });
  return undefined;
}

/** The effect, or a refusal when it is not seen in time; it goes on all the same. */
async function inTime(effect: Promise<PoolSnapshot>, seconds: number, what: string): Promise<PoolSnapshot> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${capitalized(what)} was not complete after ${seconds} s. It goes on; see the pool's status.`;
    timer = setTimeout(() => reject(new RequestRefused('not-healthy-in-time', message)), seconds * 1_000);
  });
  try {
    return await Promise.race([effect, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readNoBody(request: IncomingMessage): Promise<void> {
  const [name] = Object.keys(await readBody(request));
  if (name !== undefined)
    throw new RequestRefused('malformed', `The body has ${JSON.stringify(name)}; this takes none.`);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
