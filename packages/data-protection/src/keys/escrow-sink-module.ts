import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { XmlElement } from '../xml/element.ts';
import type { KeyEscrowSink } from './key-escrow-sink.ts';

/**
 * A sink that a policy names by its module: an absolute path, or a package that the application has. It exports
 * `store(keyId, element)`, as such or in its default export. Loaded with the first new key; when that fails, the key is
 * not made.
 */
export class EscrowSinkModule implements KeyEscrowSink {
  readonly #specifier: string;

  constructor(specifier: string) {
    this.#specifier = specifier;
  }

  async store(keyId: string, element: XmlElement): Promise<void> {
    const path = isAbsolute(this.#specifier)
      ? this.#specifier
      : createRequire(join(process.cwd(), 'package.json')).resolve(this.#specifier);
    // A variable of its own: the compiler loses the import of a function that is called within import().
    const { href } = pathToFileURL(path);
    const exported = (await import(href)) as { default?: unknown };
    const sink = [exported, exported.default].find(isSink);
    if (sink === undefined) {
      throw new TypeError(`The escrow sink ${this.#specifier} exports no function store(keyId, element).`);
    }
    await sink.store(keyId, element);
  }
}

function isSink(value: unknown): value is KeyEscrowSink {
  return typeof (value as Partial<KeyEscrowSink> | null | undefined)?.store === 'function';
}
