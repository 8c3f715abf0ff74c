import { setTimeout as sleep } from 'node:timers/promises';
import { childElements, elementOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { XmlError } from '../xml/xml-error.ts';
import type { StoredElement, XmlRepository } from './repository.ts';

/** What is used of a `BlockBlobClient` of the package `@azure/storage-blob`. */
export interface AzureBlobClient {
  download(): Promise<{ readonly etag?: string; readonly readableStreamBody?: AsyncIterable<unknown> }>;
  upload(
    body: string,
    contentLength: number,
    options: {
      readonly conditions: { readonly ifMatch?: string; readonly ifNoneMatch?: string };
      readonly blobHTTPHeaders: { readonly blobContentType: string };
    },
  ): Promise<unknown>;
}

export interface AzureBlobOptions {
  /** 0 ≤ x < 1, spreads those that try again; for tests. */
  readonly jitter?: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

interface Content {
  readonly elements: readonly XmlElement[];
  /** Undefined: there is no blob yet. */
  readonly etag: string | undefined;
}

/** Bytes: some 10,000 keys. */
const largestBlob = 16 * 1024 * 1024;
const mostTries = 5;
const longestPauseMs = 200;

/**
 * One blob with all elements below a root, as ASP.NET Core's `PersistKeysToAzureBlobStorage` keeps it. Whoever writes
 * replaces it only as he has read it, and starts again when another was faster.
 */
export class AzureBlobXmlRepository implements XmlRepository {
  readonly #client: AzureBlobClient;
  readonly #jitter: () => number;
  readonly #pause: (ms: number) => Promise<unknown>;

  constructor(client: AzureBlobClient, { jitter = Math.random, pause = sleep }: AzureBlobOptions = {}) {
    this.#client = client;
    this.#jitter = jitter;
    this.#pause = pause;
  }

  async getAllElements(): Promise<readonly XmlElement[]> {
    return (await this.#read()).elements;
  }

  async storeElement(element: XmlElement): Promise<void> {
    await this.#change((elements) => [...elements, element]);
  }

  /** All at once, so there is nothing to stop half way. */
  async deleteElements(choose: (stored: readonly StoredElement[]) => readonly StoredElement[]): Promise<boolean> {
    await this.#change((elements) => {
      const gone = new Set(choose(elements.map((element) => ({ element, handle: element }))).map((it) => it.handle));
      return elements.filter((element) => !gone.has(element));
    });
    return true;
  }

  async #change(changed: (elements: readonly XmlElement[]) => readonly XmlElement[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { elements, etag } = await this.#read();
      const text = `<?xml version="1.0" encoding="utf-8"?>${writeXml(elementOf('repository', {}, changed(elements)), 'line', largestBlob)}`;
      try {
        await this.#client.upload(text, Buffer.byteLength(text), {
          conditions: etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag },
          blobHTTPHeaders: { blobContentType: 'application/xml; charset=utf-8' },
        });
        return;
      } catch (error) {
        if (![409, 412].includes(statusOf(error)) || attempt === mostTries) throw error;
      }
      if (attempt > 1) await this.#pause(longestPauseMs * (1 - this.#jitter() / 5));
    }
  }

  async #read(): Promise<Content> {
    try {
      const { etag, readableStreamBody } = await this.#client.download();
      if (etag === undefined || readableStreamBody === undefined) {
        throw new TypeError('The client of the blob gave no etag or no stream: it must be one for Node.js.');
      }
      const root = parseXml(await bytesOf(readableStreamBody), 'the blob of keys', largestBlob);
      return { elements: childElements(root), etag };
    } catch (error) {
      if (statusOf(error) === 404) return { elements: [], etag: undefined };
      throw error;
    }
  }
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part as Uint8Array | string);
    size += bytes.length;
    if (size > largestBlob) throw new XmlError(`The blob of keys is larger than ${largestBlob} bytes.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function statusOf(error: unknown): number {
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : 0;
}
