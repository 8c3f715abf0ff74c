import { reservedHeaderPrefix } from '@poolhouse/contract';

/**
 * Fields of a request that the gateway acts on. `hop` = ends here: hop-by-hop, or never valid from a client
 * (`Proxy`, see httpoxy; `MS-ASPNETCORE-…`). `forwarded` = a statement about the client that only a trusted
 * peer may make. Undefined = passes unread.
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

/** Recognises text[start, end) without allocating: by length, then letter by letter. */
export function requestField(text: string, start: number, end: number): RequestField | undefined {
  switch (end - start) {
    case 2:
      return matches(text, start, 'te') ? 'te' : undefined;
    case 4:
      return matches(text, start, 'host') ? 'host' : undefined;
    case 5:
      return matches(text, start, 'proxy') ? 'hop' : undefined;
    case 6:
      return matches(text, start, 'expect') ? 'expect' : undefined;
    case 7:
      if (matches(text, start, 'upgrade')) return 'upgrade';
      return matches(text, start, 'trailer') ? 'hop' : undefined;
    case 9:
      if (matches(text, start, 'forwarded')) return 'forwarded';
      return matches(text, start, 'x-real-ip') ? 'hop' : undefined;
    case 10:
      if (matches(text, start, 'connection')) return 'connection';
      return matches(text, start, 'keep-alive') ? 'hop' : undefined;
    case 14:
      if (matches(text, start, 'content-length')) return 'content-length';
      if (matches(text, start, 'http2-settings')) return 'hop';
      break;
    case 15:
      if (matches(text, start, 'x-forwarded-for')) return 'x-forwarded-for';
      break;
    case 16:
      if (matches(text, start, 'proxy-connection')) return 'hop';
      if (matches(text, start, 'x-forwarded-host') || matches(text, start, 'x-forwarded-port')) return 'forwarded';
      break;
    case 17:
      if (matches(text, start, 'transfer-encoding')) return 'transfer-encoding';
      if (matches(text, start, 'x-forwarded-proto')) return 'x-forwarded-proto';
      break;
    case 18:
      if (matches(text, start, 'x-forwarded-prefix')) return 'forwarded';
      if (matches(text, start, 'proxy-authenticate')) return 'hop';
      break;
    case 19:
      if (matches(text, start, 'proxy-authorization')) return 'hop';
      break;
    case 25:
      if (matches(text, start, 'proxy-authentication-info')) return 'hop';
      break;
    default:
  }
  return end - start >= reserved.length && matches(text, start, reserved) ? 'hop' : undefined;
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
export function responseField(text: string, start: number, end: number): ResponseField | undefined {
  switch (end - start) {
    case 4:
      return matches(text, start, 'date') ? 'date' : undefined;
    case 7:
      if (matches(text, start, 'upgrade')) return 'upgrade';
      return matches(text, start, 'alt-svc') ? 'hop' : undefined;
    case 10:
      if (matches(text, start, 'connection')) return 'connection';
      return matches(text, start, 'keep-alive') ? 'keep-alive' : undefined;
    case 14:
      if (matches(text, start, 'content-length')) return 'content-length';
      return matches(text, start, 'http2-settings') ? 'hop' : undefined;
    case 16:
      return matches(text, start, 'proxy-connection') ? 'hop' : undefined;
    case 17:
      return matches(text, start, 'transfer-encoding') ? 'transfer-encoding' : undefined;
    case 18:
      return matches(text, start, 'proxy-authenticate') ? 'hop' : undefined;
    case 19:
      return matches(text, start, 'proxy-authorization') ? 'hop' : undefined;
    case 25:
      return matches(text, start, 'proxy-authentication-info') ? 'hop' : undefined;
    default:
      return undefined;
  }
}

/** Whether a field name with `_` becomes one that the gateway acts on when an application reads `_` as `-`. */
export function isProtectedAlias(name: string): boolean {
  return requestField(name.replaceAll('_', '-'), 0, name.length) !== undefined;
}

/**
 * Whether a client may not name this field in `Connection`: removing it would change framing, routing,
 * or what a proxy in front says about the client.
 */
export function isProtectedFromConnection(name: string): boolean {
  switch (requestField(name, 0, name.length)) {
    case 'host':
    case 'content-length':
    case 'transfer-encoding':
    case 'expect':
    case 'forwarded':
    case 'x-forwarded-for':
    case 'x-forwarded-proto':
      return true;
    case 'hop':
      return matches(name, 0, reserved) || matches(name, 0, 'x-real-ip');
    default:
      return /^(?:authorization|cookie|content-type|content-encoding)$/i.test(name);
  }
}

/** Whether text at `start` spells `lower`, ignoring case. Only for tokens: `| 0x20` is not lower-casing elsewhere. */
export function matches(text: string, start: number, lower: string): boolean {
  for (let index = 0; index < lower.length; index++) {
    if ((text.charCodeAt(start + index) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}
