import type { XmlElement } from '../xml/element.ts';

/**
 * Where the elements of a key ring are kept: a bag of XML elements and nothing more. ASP.NET Core calls it
 * `IXmlRepository`.
 */
export interface XmlRepository {
  /** All or nothing: a ring of which a part could not be read must not be used, it might lack a revocation. */
  getAllElements(): Promise<readonly XmlElement[]>;
  /**
   * Adds one element; never replaces another.
   *
   * @param friendlyName a name for people, such as `key-{guid}`; what counts is in the element
   */
  storeElement(element: XmlElement, friendlyName: string): Promise<void>;
  /**
   * Deletes elements in the order that `choose` gives them, and stops at the first failure. A repository without it
   * cannot delete.
   *
   * @returns whether all of them are gone
   */
  deleteElements?(choose: (stored: readonly StoredElement[]) => readonly StoredElement[]): Promise<boolean>;
  /** Tells of elements that others stored, where the repository can know it. */
  watch?(changed: () => void): Disposable;
  /**
   * Runs `work` while no other process of this machine, as far as the repository can tell, does the same; without the
   * lock when it cannot be had in 5 s.
   */
  withLock?<T>(work: () => Promise<T>): Promise<T>;
}

export interface StoredElement {
  readonly element: XmlElement;
  /** How the repository finds it: a file, a row, the entry itself. */
  readonly handle: unknown;
}
