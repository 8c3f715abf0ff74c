/**
 * Why the message layer answers a request itself, before any site is entered, in the words of HTTP.sys:
 * `failure` is the reason of its error log, `heading` what its page says. The connection ends after it.
 */
export interface MessageFailure {
  readonly failure: string;
  readonly status: number;
  readonly heading: string;
}

function badRequest(failure: string, heading: string): MessageFailure {
  return { failure, status: 400, heading: heading === '' ? 'Bad Request' : `Bad Request - ${heading}` };
}

export const messageFailures = {
  verb: badRequest('Verb', 'Invalid Verb'),
  url: badRequest('URL', 'Invalid URL'),
  hostname: badRequest('Hostname', 'Invalid Hostname'),
  header: badRequest('Header', 'Invalid Header'),
  lineEnd: badRequest('Invalid_CR/LF', 'Invalid Header'),
  number: badRequest('Number', 'Invalid Header'),
  badRequest: badRequest('BadRequest', ''),
  version: { failure: 'Version_N/S', status: 505, heading: 'HTTP Version Not Supported' },
  transferCoding: { failure: 'N/I', status: 501, heading: 'Not Implemented' },
  targetTooLong: { failure: 'URL_Length', status: 414, heading: 'Request-URI Too Long' },
  fieldTooLong: { failure: 'FieldLength', status: 431, heading: 'Request Too Long' },
  headTooLong: { failure: 'RequestLength', status: 431, heading: 'Request Too Long' },
  bodyTooLong: { failure: 'EntityTooLarge', status: 413, heading: 'Request Entity Too Large' },
  headerWait: { failure: 'Timer_HeaderWait', status: 408, heading: 'Request Timeout' },
  entityBody: { failure: 'Timer_EntityBody', status: 408, heading: 'Request Timeout' },
  /** CONNECT and TRACE: this is an origin, and it reflects nobody's credentials. */
  method: { failure: 'Verb', status: 405, heading: 'Method Not Allowed' },
  expectation: { failure: 'Precondition', status: 417, heading: 'Expectation Failed' },
  /** Never answered: the connection is reset. */
  minBytesPerSecond: { failure: 'Timer_MinBytesPerSecond', status: 0, heading: '' },
  /** This process holds as much of unfinished requests as it may. */
  overload: { failure: 'Connections_Refused', status: 503, heading: 'Service Unavailable' },
  /** Never answered either: a connection without a request, and clients that leave before and during their answer. */
  refused: { failure: 'Connections_Refused', status: 0, heading: '' },
  connectionIdle: { failure: 'Timer_ConnectionIdle', status: 0, heading: '' },
  clientReset: { failure: 'Client_Reset', status: 0, heading: '' },
  dropped: { failure: 'Connection_Dropped', status: 0, heading: '' },
  siteConnections: { failure: 'ConnLimit', status: 503, heading: 'Service Unavailable' },
} as const satisfies Record<string, MessageFailure>;

const sentences: Readonly<Record<string, string>> = {
  Verb: 'The method of the request is not valid here.',
  URL: 'The address of the request is not valid.',
  URL_Length: 'The address of the request is too long.',
  Forbidden: 'The address of the request is forbidden.',
  Hostname: 'The host name of the request is missing or not valid.',
  Header: 'The request has an invalid header name or value.',
  'Invalid_CR/LF': 'The lines of the request do not end as HTTP demands.',
  Number: 'A number in the request is not valid.',
  FieldLength: 'A header of the request is too long.',
  RequestLength: 'The headers of the request are too long or too many.',
  EntityTooLarge: 'The body of the request is too large.',
  'Version_N/S': 'The version of HTTP is not supported on this connection.',
  'N/I': 'The transfer coding of the request is not supported.',
  Precondition: 'The expectation of the request cannot be met.',
  Timer_HeaderWait: 'The request did not arrive in time.',
  Timer_EntityBody: 'The body of the request did not arrive in time.',
  ConnLimit: 'The site has reached its limit of connections.',
};

/** What an origin server answers in general; an application may take more, or less. */
export const commonMethods = 'GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH';

/** The page of a failure: ASCII, no detail, the same for everyone. */
export function messageFailurePage(failure: MessageFailure): string {
  const sentence =
    sentences[failure.failure] ??
    (failure.status === 503 ? 'The service is unavailable.' : 'The request cannot be answered.');
  return (
    `<!DOCTYPE html>\r\n<html><head><title>${failure.heading}</title></head>\r\n` +
    `<body><h1>${failure.heading}</h1>\r\n<hr><p>HTTP Error ${failure.status}. ${sentence}</p>\r\n</body></html>\r\n`
  );
}
