/** XML that cannot be read or written. Says where, never what stands there: it may be a secret. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}
