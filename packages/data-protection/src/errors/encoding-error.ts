/** Bytes or text that are not what they should encode. The message tells the rule that was broken, never the data. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}
