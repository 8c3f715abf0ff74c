import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { problems, problemSlug } from '../supervisor/management/index.ts';
import { commandError, CommandError } from './command-error.ts';

/** A running Poolhouse, over its management socket. */
export interface AdminClient {
  readonly socketPath: string;
  /**
   * @throws CommandError with the exit code of the problem that the API answered
   */
  get<Body>(path: string): Promise<Body>;
  post<Body>(path: string, body?: object): Promise<Body>;
  /** Calls `onLine` for each line of the answer until it ends. */
  stream(path: string, onLine: (line: string) => void): Promise<void>;
}

/** Largest answer that is read whole, bytes: a status of ten thousand sites has about 10 MiB. */
const answerLimit = 64 * 1024 * 1024;

/** @param interrupted ends every call and stream; what was asked for goes on in Poolhouse */
export function createAdminClient(socketPath: string, interrupted: AbortSignal): AdminClient {
  async function send(method: string, path: string, accept: string, body?: object): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { accept, ...(text !== undefined && { 'content-type': 'application/json' }) };
    const outgoing = request({ socketPath, method, path, agent: false, signal: interrupted, headers });
    outgoing.end(text);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return response;
  }

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    return lookingAfter(async () => {
      const response = await send(method, path, 'application/json', body);
      const value = parseJson(socketPath, await readText(response));
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return value;
      throw refusal(value, status);
    });
  }

  /** Turns a broken connection into a sentence; an interruption stays what it is. */
  async function lookingAfter<Result>(exchange: () => Promise<Result>): Promise<Result> {
    try {
      return await exchange();
    } catch (error) {
      interrupted.throwIfAborted();
      if (error instanceof CommandError) throw error;
      const because = error instanceof Error ? error.message : String(error);
      throw commandError('unreachable', `the connection to Poolhouse on ${socketPath} was lost`, [
        ['because', because],
      ]);
    }
  }

  return {
    socketPath,
    get: (path) => call('GET', path) as Promise<never>,
    post: (path, body) => call('POST', path, body) as Promise<never>,
    stream: (path, onLine) =>
      lookingAfter(async () => {
        const response = await send('GET', path, '*/*');
        if (response.statusCode === 200) return readLines(response, onLine);
        throw refusal(parseJson(socketPath, await readText(response)), response.statusCode ?? 0);
      }),
  };
}

async function readLines(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const text of response as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    text += chunk;
    if (text.length > answerLimit) throw new Error(`the answer has more than ${answerLimit} bytes`);
  }
  return text;
}

function parseJson(socketPath: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw commandError('unexpected-answer', `what answers on ${socketPath} is not a Poolhouse of this version`);
  }
}

/** The problem that the API answered, as an error of this command. */
function refusal(body: unknown, status: number): CommandError {
  const { type, title, detail, code } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const slug = problemSlug(type);
  const kind = slug === undefined ? { code: 'PH2106', exit: 1 } : problems[slug];
  const text = typeof detail === 'string' ? detail : typeof title === 'string' ? title : `Poolhouse answered ${status}`;
  return new CommandError(slug === undefined && typeof code === 'string' ? { ...kind, code } : kind, text);
}
