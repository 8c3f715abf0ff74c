import { type Http1ResponseHead, withoutNamedFields } from '../http1/response-head.ts';
import type { UpstreamResponse } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';

const serverField: ReadonlySet<string> = new Set(['server']);

/** What of an upstream's head goes to the client, as the application's settings want it. */
export function upstreamResponse(
  head: Http1ResponseHead,
  body: UpstreamResponse['body'],
  options: ForwardOptions,
): UpstreamResponse {
  return {
    status: head.status,
    head: options.removeServerHeader === true ? withoutNamedFields(head.head, serverField) : head.head,
    hasDate: head.hasDate,
    body,
    connection: options.forwardResponseConnectionHeader ? head.connection : '',
  };
}
