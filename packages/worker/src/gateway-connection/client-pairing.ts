import { parseClientFacts, type ClientFacts } from '@poolhouse/contract/client-facts';
import { createPairingTokenCheck } from '@poolhouse/contract/pairing-token';

/** Clients whose facts are kept parsed, over all connections of the gateway: they take turns on each. */
const knownClients = 256;

/** The pairing token of this process, which comes over the control channel after the process has begun. */
export class Pairing {
  readonly #facts = new Map<string, ClientFacts>();
  #token: string | undefined;
  #check: ((token: string) => boolean) | undefined;
  #waiting: (() => void)[] = [];

  pair(token: string): void {
    this.#token = token;
    this.#check = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  /** Calls back at once or when the token has come. */
  whenPaired(callback: () => void): void {
    if (this.#token === undefined) this.#waiting.push(callback);
    else callback();
  }

  /** Facts in a value whose token is right; undefined when it has none. `tokenLength` with the space behind it. */
  factsIn(value: string, tokenLength: number): ClientFacts | undefined {
    const client = value.slice(tokenLength);
    const known = this.#facts.get(client);
    if (known !== undefined) return known;
    const facts = parseClientFacts(value);
    if (facts === undefined) return undefined;
    if (this.#facts.size >= knownClients) this.#facts.clear();
    this.#facts.set(client, facts);
    return facts;
  }

  /** Compares in constant time; false before the token has come. */
  check(token: string): boolean {
    if (this.#token === undefined) return false;
    this.#check ??= createPairingTokenCheck(this.#token);
    return this.#check(token);
  }
}

/**
 * The client's facts as they come with each request of one connection.
 *
 * Only the first token of a connection is compared in constant time: a peer that has shown it knows the token
 * learns nothing from the time that later ones take.
 */
export class ClientPairing {
  readonly #pairing: Pairing;
  /** The token and the space behind it, once it was right. */
  #knownToken: string | undefined;
  #value = '';
  #facts: ClientFacts | undefined;

  constructor(pairing: Pairing) {
    this.#pairing = pairing;
  }

  /** The peer has shown that it is the gateway. */
  get paired(): boolean {
    return this.#knownToken !== undefined;
  }

  /** Facts in a header value, the same object for the same value; undefined = not from the gateway. */
  read(value: string | undefined): ClientFacts | undefined {
    if (value === undefined) return undefined;
    if (value === this.#value) return this.#facts;
    if (this.#knownToken === undefined && !this.#pair(value)) return undefined;
    const known = this.#knownToken as string;
    const facts = value.startsWith(known) ? this.#pairing.factsIn(value, known.length) : undefined;
    if (facts === undefined) return undefined;
    this.#value = value;
    this.#facts = facts;
    return facts;
  }

  #pair(value: string): boolean {
    const token = value.slice(0, Math.max(0, value.indexOf(' ')));
    if (!this.#pairing.check(token)) return false;
    this.#knownToken = `${token} `;
    return true;
  }
}
