import { silentLogger, type Logger } from '../logger.ts';
import type { XmlElement } from '../xml/element.ts';
import type { StoredElement, XmlRepository } from './repository.ts';

/** Keeps elements as long as the process lives. ASP.NET Core calls it `EphemeralXmlRepository`. */
export class InMemoryXmlRepository implements XmlRepository {
  #elements: readonly XmlElement[] = [];

  constructor(logger: Logger = silentLogger) {
    logger.warn(
      'Keys are kept in memory only: what is protected now, cookies for example, cannot be read after this process ' +
        'has ended, nor by another one. Give a keyDirectory or a repository that lasts.',
    );
  }

  getAllElements(): Promise<readonly XmlElement[]> {
    return Promise.resolve(this.#elements);
  }

  storeElement(element: XmlElement): Promise<void> {
    this.#elements = [...this.#elements, element];
    return Promise.resolve();
  }

  deleteElements(choose: (stored: readonly StoredElement[]) => readonly StoredElement[]): Promise<boolean> {
    const gone = new Set(
      choose(this.#elements.map((element) => ({ element, handle: element }))).map((it) => it.handle),
    );
    this.#elements = this.#elements.filter((element) => !gone.has(element));
    return Promise.resolve(true);
  }
}
