/** A request that reaches no site: answered by the message layer, logged with the HTTP.sys reason. */
export interface RoutingFailure {
  /** HTTP.sys reason: `Hostname`, `URL`, `NotFound`. */
  readonly failure: string;
  readonly status: number;
  /** `Bad Request - Invalid URL` */
  readonly heading: string;
}

/** No binding takes the authority. */
export const invalidHostname: RoutingFailure = Object.freeze({
  failure: 'Hostname',
  status: 400,
  heading: 'Bad Request - Invalid Hostname',
});

/** The target cannot be decoded, climbs above the root or breaks a limit. */
export const invalidUrl: RoutingFailure = Object.freeze({
  failure: 'URL',
  status: 400,
  heading: 'Bad Request - Invalid URL',
});

/** The site has no application for the path. */
export const noApplication: RoutingFailure = Object.freeze({
  failure: 'NotFound',
  status: 404,
  heading: 'Not Found',
});
