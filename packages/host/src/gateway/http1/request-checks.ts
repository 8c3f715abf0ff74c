import { messageFailures, type MessageFailure } from '../pipeline/message-failure.ts';
import { parseAuthority, sameAuthority } from './authority.ts';
import {
  type ConnectionOptions,
  namesProtectedField,
  noConnectionOptions,
  parseConnectionOptions,
  withoutFields,
} from './connection-options.ts';
import { checkTransferEncoding } from './framing.ts';
import { listItems } from './list-items.ts';
import type { CollectedFields } from './request-fields.ts';
import type { HeadContext, Http1RequestHead } from './request-head.ts';
import { readTarget } from './request-target.ts';

/** The checks that need more than one field: host, connection, framing, expectation. */
export function checkFields(
  head: Http1RequestHead,
  collected: CollectedFields,
  context: HeadContext,
): MessageFailure | undefined {
  return (
    checkHost(head, collected, context) ??
    checkConnection(head, collected) ??
    checkFraming(head, collected) ??
    checkExpectation(head, collected)
  );
}

function checkHost(
  head: Http1RequestHead,
  collected: CollectedFields,
  context: HeadContext,
): MessageFailure | undefined {
  if (collected.hosts > 1 || (collected.hosts === 0 && head.version === '1.1')) return messageFailures.hostname;
  const host = collected.hosts === 0 ? undefined : context.authorities.parse(collected.host);
  if (collected.hosts === 1 && host === undefined) return messageFailures.hostname;
  if (head.target.charCodeAt(0) !== 0x2f) {
    const target = readTarget(head.method, head.target, context.secure);
    if (target === undefined) return messageFailures.url;
    head.target = target.path;
    if (target.authority !== undefined) return checkAbsolute(head, target.authority, host, context.secure);
  }
  if (host !== undefined) head.host = host.host;
  return undefined;
}

function checkAbsolute(
  head: Http1RequestHead,
  text: string,
  host: ReturnType<typeof parseAuthority>,
  secure: boolean,
): MessageFailure | undefined {
  const authority = parseAuthority(text);
  if (authority === undefined) return messageFailures.url;
  if (host !== undefined && !sameAuthority(authority, host, secure)) return messageFailures.hostname;
  head.host = authority.host;
  // A 1.0 client without Host: the next hop speaks 1.1 and needs one.
  if (host === undefined) head.fields = `Host: ${text}\r\n${head.fields}`;
  return undefined;
}

function checkConnection(head: Http1RequestHead, collected: CollectedFields): MessageFailure | undefined {
  const options: ConnectionOptions | undefined =
    collected.connection === undefined ? noConnectionOptions : parseConnectionOptions(collected.connection);
  if (options === undefined || namesProtectedField(options)) return messageFailures.header;
  head.keepAlive = head.version === '1.1' ? !options.close : options.keepAlive && !options.close;
  if (options.upgrade && head.version === '1.1') head.upgrade = collected.upgrade;
  if (options.fields !== undefined) head.fields = withoutFields(head.fields, options.fields);
  if (collected.te !== '') head.acceptsTrailers = listItems(collected.te).includes('trailers');
  return undefined;
}

function checkFraming(head: Http1RequestHead, collected: CollectedFields): MessageFailure | undefined {
  if (collected.codings > 0) {
    if (collected.lengths > 0 || collected.codings > 1 || head.version === '1.0') return messageFailures.badRequest;
    head.bodyLength = -1;
    return checkTransferEncoding(collected.coding);
  }
  if (collected.lengths === 0) return undefined;
  if (collected.lengths > 1 || collected.length === -1) return messageFailures.number;
  head.bodyLength = collected.length;
  return undefined;
}

function checkExpectation(head: Http1RequestHead, collected: CollectedFields): MessageFailure | undefined {
  if (collected.expect === undefined || head.version === '1.0') return undefined;
  if (collected.expect.toLowerCase() !== '100-continue') return messageFailures.expectation;
  head.expectsContinue = head.bodyLength !== 0;
  return undefined;
}
