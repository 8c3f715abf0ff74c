/** An element of the ring that is not what its root says. A key with it is left out; a revocation is fatal. */
export class KeyElementError extends Error {
  override readonly name = 'KeyElementError';
}
