import type { XmlElement } from '../xml/element.ts';
import type { XmlRepository } from './repository.ts';

/** A ring that somebody else keeps: what is there is read, and nothing is ever written. */
export class ReadOnlyXmlRepository implements XmlRepository {
  readonly #repository: XmlRepository;
  readonly #why: string;

  /** @param why it is so, for the error of a store: `Keys are read only from /run/keys: …` */
  constructor(repository: XmlRepository, why: string) {
    this.#repository = repository;
    this.#why = why;
  }

  getAllElements(): Promise<readonly XmlElement[]> {
    return this.#repository.getAllElements();
  }

  storeElement(): Promise<void> {
    return Promise.reject(new Error(`${this.#why} No key can be created or revoked there.`));
  }

  watch(changed: () => void): Disposable {
    return this.#repository.watch?.(changed) ?? { [Symbol.dispose]: () => undefined };
  }
}
