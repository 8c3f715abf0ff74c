import { randomBytes } from 'node:crypto';
import type { Exchange } from '../../gateway/pipeline/exchange.ts';
import type { ModuleServices } from '../../gateway/pipeline/module.ts';
import type { Content } from '../content/content.ts';
import type { Place } from '../content/place.ts';
import { statusAnswer } from '../error-pages/index.ts';
import { evaluateConditions, rangeApplies } from './conditions.ts';
import { readParts } from './file-body.ts';
import type { BodyPart } from './file-body.ts';
import { contentRange, lengthOf, multipartBody } from './multipart.ts';
import { parseRange } from './ranges.ts';
import type { RangeResult } from './ranges.ts';
import type { Representation } from './representation.ts';

/** An answer whose body is made of parts of a file. */
interface FileAnswer {
  readonly status: 200 | 206;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parts: readonly BodyPart[];
}

export interface SendFileServices {
  readonly content: Content;
  readonly services: Pick<ModuleServices, 'epoch' | 'emit'>;
}

/**
 * Answers a GET or HEAD with a representation:
 *
 *   1. preconditions: 304, 412
 *   2. range: 206, 416, or the whole
 *   3. bytes: a small file from memory in one write, a large one as a stream
 *
 * False when the file changed since it was located and nothing was answered.
 */
export function sendFile(
  exchange: Exchange,
  representation: Representation,
  place: Place,
  { content, services }: SendFileServices,
): boolean | Promise<boolean> {
  const { request } = exchange;
  const now = services.epoch();
  const condition = evaluateConditions(request, representation, now);
  if (condition === 'not-modified') {
    exchange.send({ status: 304, headers: representation.cacheFields });
    return true;
  }
  if (condition === 'precondition-failed') {
    exchange.send(statusAnswer(412));
    return true;
  }

  const { file } = representation;
  const ranges = rangesOf(exchange, representation, now);
  if (ranges === 'unsatisfiable') {
    exchange.send(statusAnswer(416, 0, [['Content-Range', `bytes */${file.size}`]]));
    return true;
  }

  const answer = ranges === 'whole' ? wholeAnswer(representation) : rangeAnswer(representation, ranges);
  if (file.content === undefined) return streamLarge(exchange, representation, answer, place, { content, services });
  const { status, headers, parts } = answer;
  exchange.send({ status, headers, body: bytesOf(parts, file.content) });
  return true;
}

function rangesOf({ request }: Exchange, representation: Representation, now: number): RangeResult {
  if (request.method !== 'GET') return 'whole';
  const field = request.header('range');
  if (field === undefined || !rangeApplies(request, representation, now)) return 'whole';
  return parseRange(field, representation.file.size);
}

function wholeAnswer({ file, fields }: Representation): FileAnswer {
  return { status: 200, headers: fields, parts: [{ first: 0, last: file.size - 1 }] };
}

function rangeAnswer(representation: Representation, ranges: Exclude<RangeResult, string>): FileAnswer {
  const { file, fields, untypedFields, mimeType } = representation;
  const [range] = ranges;
  if (ranges.length === 1 && range !== undefined) {
    return { status: 206, headers: [...fields, ['Content-Range', contentRange(range, file.size)]], parts: ranges };
  }
  const boundary = randomBytes(15).toString('base64url');
  const { contentType, parts } = multipartBody(ranges, file.size, mimeType, boundary);
  return { status: 206, headers: [['Content-Type', contentType], ...untypedFields], parts };
}

function bytesOf(parts: readonly BodyPart[], content: Uint8Array): Uint8Array {
  const pieces = parts.map((part) => (part instanceof Uint8Array ? part : content.subarray(part.first, part.last + 1)));
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}

async function streamLarge(
  exchange: Exchange,
  { file }: Representation,
  { status, headers, parts }: FileAnswer,
  place: Place,
  { content, services }: SendFileServices,
): Promise<boolean> {
  const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const isHead = exchange.request.method === 'HEAD';
  const handle = isHead ? undefined : await content.open(file, place);
  if (handle === undefined && !isHead) return false;
  let failure: unknown;
  const body = handle === undefined ? nothing() : noteFailure(readParts(handle, parts), (error) => (failure = error));
  try {
    await exchange.stream({ status, headers, length, body });
  } catch {
    // The engine has reset the connection, or the client left; only a failure of the file is news.
    if (failure !== undefined) {
      services.emit('content.failed', { site: place.site, path: file.path, error: (failure as Error).message });
    }
  } finally {
    // A body that was never asked for its first byte has not closed the file.
    await handle?.close();
  }
  return true;
}

async function* noteFailure(body: AsyncGenerator<Uint8Array>, note: (error: unknown) => void) {
  try {
    yield* body;
  } catch (error) {
    note(error);
    throw error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
