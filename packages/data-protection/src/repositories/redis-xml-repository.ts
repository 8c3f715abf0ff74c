import { silentLogger, type Logger } from '../logger.ts';
import type { XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { deleteInOrder } from './delete-in-order.ts';
import { checkElementCount, mostElements } from './element-count.ts';
import type { StoredElement, XmlRepository } from './repository.ts';

/** What is used of a client of the package `redis` (node-redis, from 4). */
export interface NodeRedisClient {
  lRange(key: string, start: number, stop: number): Promise<string[]>;
  rPush(key: string, element: string): Promise<unknown>;
  lRem(key: string, count: number, element: string): Promise<unknown>;
}

/** What is used of a client of the package `ioredis`. */
export interface IoRedisClient {
  lrange(key: string, start: number, stop: number): Promise<string[]>;
  rpush(key: string, element: string): Promise<unknown>;
  lrem(key: string, count: number, element: string): Promise<unknown>;
}

export interface RedisOptions {
  /** Name of the list, whole; default `DataProtection-Keys`, as that of `PersistKeysToStackExchangeRedis`. */
  readonly list?: string;
  readonly logger?: Logger;
}

/**
 * A list with one entry per element, as ASP.NET Core keeps it. Friendly names are not stored. Use an instance that
 * persists and evicts nothing: a cache loses keys, and with them all that they protect.
 */
export class RedisXmlRepository implements XmlRepository {
  readonly #client: NodeRedisClient;
  readonly #list: string;
  readonly #logger: Logger;

  /** @param client connected, of `redis` or of `ioredis` */
  constructor(
    client: NodeRedisClient | IoRedisClient,
    { list = 'DataProtection-Keys', logger = silentLogger }: RedisOptions = {},
  ) {
    this.#client = 'lRange' in client ? client : adapted(client);
    this.#list = list;
    this.#logger = logger;
  }

  async getAllElements(): Promise<readonly XmlElement[]> {
    return (await this.#stored()).map(({ element }) => element);
  }

  async storeElement(element: XmlElement): Promise<void> {
    await this.#client.rPush(this.#list, writeXml(element, 'line')).catch(throwWithoutCommand);
  }

  async deleteElements(choose: (stored: readonly StoredElement[]) => readonly StoredElement[]): Promise<boolean> {
    const chosen = choose(await this.#stored()) as readonly StoredEntry[];
    const remove = ({ text }: StoredEntry): Promise<unknown> =>
      this.#client.lRem(this.#list, 1, text).catch(throwWithoutCommand);
    return deleteInOrder(chosen, remove, this.#logger);
  }

  async #stored(): Promise<StoredEntry[]> {
    const texts = await this.#client.lRange(this.#list, 0, mostElements);
    checkElementCount(texts.length, `The Redis list ${this.#list}`);
    return texts.map((text, index) => {
      const element = parseXml(text, `entry ${index} of the Redis list ${this.#list}`);
      return { element, handle: text, text };
    });
  }
}

interface StoredEntry extends StoredElement {
  readonly text: string;
}

function adapted(client: IoRedisClient): NodeRedisClient {
  return {
    lRange: (key, start, stop) => client.lrange(key, start, stop),
    rPush: (key, element) => client.rpush(key, element),
    lRem: (key, count, element) => client.lrem(key, count, element),
  };
}

/** ioredis puts the command into its errors, arguments and all: a key, perhaps in clear. And errors end in logs. */
function throwWithoutCommand(error: unknown): never {
  if (!(error instanceof Error)) throw new Error('The client of Redis failed with something that is no error.');
  const { message, name, stack } = error;
  throw Object.assign(new Error(message), { name, stack: stack ?? message });
}
