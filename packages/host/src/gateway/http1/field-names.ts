import { reservedHeaderPrefix } from '@poolhouse/contract';

/**
 * Fields of a request that the gateway acts on. `hop` = ends here: hop-by-hop, or never valid from a client
 * (`Proxy`, see httpoxy; `MS-ASPNETCORE-…`). `forwarded` = a statement about the client or about what it asked for
 * that only a trusted peer may make, because applications believe it. Undefined = passes unread.
 */
export type RequestField =
  | 'host'
  | 'content-length'
  | 'transfer-encoding'
  | 'connection'
  | 'expect'
  | 'te'
  | 'upgrade'
  | 'x-forwarded-for'
  | 'x-forwarded-proto'
  | 'forwarded'
  | 'hop';

const reserved = reservedHeaderPrefix.toLowerCase();
/** Beginnings of names under which proxies tell who the client is and what certificate it showed. */
const claims = ['x-forwarded-', 'x-arr-', 'x-client-cert'];

/** Recognises bytes[start, end) without allocating: by length, then letter by letter. */
export function requestField(bytes: Uint8Array, start: number, end: number): RequestField | undefined {
  switch (end - start) {
    case 2:
      return matches(bytes, start, 'te') ? 'te' : undefined;
    case 4:
      return matches(bytes, start, 'host') ? 'host' : undefined;
    case 5:
      return matches(bytes, start, 'proxy') ? 'hop' : undefined;
    case 6:
      return matches(bytes, start, 'expect') ? 'expect' : undefined;
    case 7:
      if (matches(bytes, start, 'upgrade')) return 'upgrade';
      if (matches(bytes, start, 'trailer')) return 'hop';
      break;
    case 9:
      if (matches(bytes, start, 'forwarded')) return 'forwarded';
      if (matches(bytes, start, 'x-real-ip')) return 'hop';
      break;
    case 10:
      if (matches(bytes, start, 'connection')) return 'connection';
      if (matches(bytes, start, 'keep-alive')) return 'hop';
      break;
    case 11:
      if (matches(bytes, start, 'remote-user')) return 'forwarded';
      break;
    case 13:
      if (matches(bytes, start, 'x-remote-user') || matches(bytes, start, 'x-rewrite-url')) return 'forwarded';
      break;
    case 14:
      if (matches(bytes, start, 'content-length')) return 'content-length';
      if (matches(bytes, start, 'http2-settings')) return 'hop';
      if (matches(bytes, start, 'x-original-url')) return 'forwarded';
      break;
    case 15:
      if (matches(bytes, start, 'x-forwarded-for')) return 'x-forwarded-for';
      break;
    case 16:
      if (matches(bytes, start, 'proxy-connection')) return 'hop';
      break;
    case 17:
      if (matches(bytes, start, 'transfer-encoding')) return 'transfer-encoding';
      if (matches(bytes, start, 'x-forwarded-proto')) return 'x-forwarded-proto';
      break;
    case 18:
      if (matches(bytes, start, 'proxy-authenticate')) return 'hop';
      break;
    case 19:
      if (matches(bytes, start, 'proxy-authorization')) return 'hop';
      break;
    case 25:
      if (matches(bytes, start, 'proxy-authentication-info')) return 'hop';
      break;
    default:
  }
  return fieldOfFamily(bytes, start, end);
}

/** By the first letters of the name; most fields are out after one. */
function fieldOfFamily(bytes: Uint8Array, start: number, end: number): RequestField | undefined {
  if (begins(bytes, start, end, reserved)) return 'hop';
  for (const claim of claims) if (begins(bytes, start, end, claim)) return 'forwarded';
  return undefined;
}

function begins(bytes: Uint8Array, start: number, end: number, lower: string): boolean {
  return end - start >= lower.length && matches(bytes, start, lower);
}

/** Fields of a response that the gateway acts on. `hop` = ends here. */
export type ResponseField =
  | 'date'
  | 'connection'
  | 'keep-alive'
  | 'upgrade'
  | 'content-length'
  | 'transfer-encoding'
  | 'hop';

/** As `requestField`, for what an upstream sends. */
export function responseField(bytes: Uint8Array, start: number, end: number): ResponseField | undefined {
  switch (end - start) {
    case 4:
      return matches(bytes, start, 'date') ? 'date' : undefined;
    case 7:
      if (matches(bytes, start, 'upgrade')) return 'upgrade';
      return matches(bytes, start, 'alt-svc') ? 'hop' : undefined;
    case 10:
      if (matches(bytes, start, 'connection')) return 'connection';
      return matches(bytes, start, 'keep-alive') ? 'keep-alive' : undefined;
    case 14:
      if (matches(bytes, start, 'content-length')) return 'content-length';
      return matches(bytes, start, 'http2-settings') ? 'hop' : undefined;
    case 16:
      return matches(bytes, start, 'proxy-connection') ? 'hop' : undefined;
    case 17:
      return matches(bytes, start, 'transfer-encoding') ? 'transfer-encoding' : undefined;
    case 18:
      return matches(bytes, start, 'proxy-authenticate') ? 'hop' : undefined;
    case 19:
      return matches(bytes, start, 'proxy-authorization') ? 'hop' : undefined;
    case 25:
      return matches(bytes, start, 'proxy-authentication-info') ? 'hop' : undefined;
    default:
      return undefined;
  }
}

/** Whether a field name with `_` becomes one that the gateway acts on when an application reads `_` as `-`. */
export function isProtectedAlias(name: string): boolean {
  return requestField(Buffer.from(name.replaceAll('_', '-'), 'latin1'), 0, name.length) !== undefined;
}

/**
 * Whether a client may not name this field in `Connection`: removing it would change framing, routing,
 * or what a proxy in front says about the client.
 */
export function isProtectedFromConnection(name: string): boolean {
  const bytes = Buffer.from(name, 'latin1');
  switch (requestField(bytes, 0, bytes.length)) {
    case 'host':
    case 'content-length':
    case 'transfer-encoding':
    case 'expect':
    case 'forwarded':
    case 'x-forwarded-for':
    case 'x-forwarded-proto':
      return true;
    case 'hop':
      return matches(bytes, 0, reserved) || matches(bytes, 0, 'x-real-ip');
    default:
      return /^(?:authorization|cookie|content-type|content-encoding)$/i.test(name);
  }
}

/** Whether the bytes at `start` spell `lower`, ignoring case. Only for tokens: `| 0x20` is not lower-casing elsewhere. */
function matches(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let index = 0; index < lower.length; index++) {
    if (((bytes[start + index] as number) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}
