/** Largest response head, bytes of its HTTP/1.1 form; the limit of the module's client library. */
export const maxResponseHeadBytes = 65_536;
export const maxInterimResponses = 10;
