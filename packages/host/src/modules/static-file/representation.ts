import type { FileResource } from '../content/resource.ts';
import type { Validators } from './conditions.ts';
import { entityTagOf } from './entity-tag.ts';
import { formatHttpDate } from './http-date.ts';

type Field = readonly [name: string, value: string];

/** One form in which a file can be sent, with all fields that do not depend on the request. */
export interface Representation extends Validators {
  readonly file: FileResource;
  readonly mimeType: string;
  /** Fields of a 304: those by which a cache updates what it has. */
  readonly cacheFields: readonly Field[];
  /** Fields of a 200, and of a 206 with one range. */
  readonly fields: readonly Field[];
  /** Fields of a 206 with several ranges, which has a type of its own. */
  readonly untypedFields: readonly Field[];
}

export interface RepresentationOptions {
  readonly mimeType: string;
  /** Empty for the file as it is. */
  readonly coding: string;
  /** Compressed siblings exist: the answer depends on `Accept-Encoding`. */
  readonly varies: boolean;
  readonly setEtag: boolean;
  readonly clientCache: readonly Field[];
  /** Milliseconds; a file from the future counts as changed now, never later than `Date`. */
  readonly now: number;
}

export function describeRepresentation(file: FileResource, options: RepresentationOptions): Representation {
  const { mimeType, coding, varies, setEtag, clientCache, now } = options;
  const changed = Math.min(Number(file.mtimeNs / 1_000_000n), now);
  const lastModified = Math.floor(changed / 1_000) * 1_000;
  const etag = setEtag ? entityTagOf(file.mtimeNs, file.size, coding) : undefined;
  const cacheFields: Field[] = [['Last-Modified', formatHttpDate(lastModified)]];
  if (etag !== undefined) cacheFields.push(['ETag', etag]);
  cacheFields.push(...clientCache);
  if (varies) cacheFields.push(['Vary', 'Accept-Encoding']);
  const untypedFields: Field[] = [['Accept-Ranges', 'bytes'], ...cacheFields];
  if (coding !== '') untypedFields.push(['Content-Encoding', coding]);
  return {
    file,
    mimeType,
    etag,
    lastModified,
    cacheFields,
    untypedFields,
    fields: [['Content-Type', mimeType], ...untypedFields],
  };
}
