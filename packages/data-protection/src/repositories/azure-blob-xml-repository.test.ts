import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { at, keyElement, keyIdOf } from '../testing/elements.ts';
import { attributeOf, elementOf } from '../xml/element.ts';
import { AzureBlobXmlRepository, type AzureBlobClient } from './azure-blob-xml-repository.ts';

const created = at('2026-01-01T00:00:00Z');

/** A blob as the service keeps it: what is not as it was read is not replaced. */
class PlayedBlob implements AzureBlobClient {
  text: string | undefined;
  contentType: string | undefined;
  /** Runs before an upload is looked at: another writer who is faster. */
  readonly meanwhile: (() => void)[] = [];
  #version = 0;

  put(text: string): void {
    this.text = text;
    this.#version += 1;
  }

  download(): ReturnType<AzureBlobClient['download']> {
    if (this.text === undefined) return Promise.reject(statusError(404));
    return Promise.resolve({ etag: `"${this.#version}"`, readableStreamBody: Readable.from([Buffer.from(this.text)]) });
  }

  upload(body: string, length: number, options: Parameters<AzureBlobClient['upload']>[2]): Promise<unknown> {
    this.meanwhile.shift()?.();
    const { ifMatch, ifNoneMatch } = options.conditions;
    if (ifNoneMatch === '*' && this.text !== undefined) return Promise.reject(statusError(409));
    if (ifMatch !== undefined && ifMatch !== `"${this.#version}"`) return Promise.reject(statusError(412));
    expect(length).toBe(Buffer.byteLength(body));
    this.contentType = options.blobHTTPHeaders.blobContentType;
    this.put(body);
    return Promise.resolve();
  }
}

function statusError(statusCode: number): Error {
  return Object.assign(new Error(`status ${statusCode}`), { statusCode });
}

function repositoryOf(blob: AzureBlobClient, pauses: number[] = []): AzureBlobXmlRepository {
  return new AzureBlobXmlRepository(blob, { jitter: () => 0.5, pause: (ms) => Promise.resolve(pauses.push(ms)) });
}

async function ids(repository: AzureBlobXmlRepository): Promise<(string | undefined)[]> {
  return (await repository.getAllElements()).map((element) => attributeOf(element, 'id'));
}

describe('AzureBlobXmlRepository', () => {
  it('writes no blob that it would not read again', async () => {
    const blob = new PlayedBlob();
    const repository = repositoryOf(blob);
    await repository.storeElement(keyElement(1, { created }));
    const large = elementOf('key', {}, ['x'.repeat(16 * 1024 * 1024)]);
    await expect(repository.storeElement(large)).rejects.toThrow('larger than 16777216 bytes');
    expect(await ids(repository)).toEqual([keyIdOf(1)]);
  });

  it('D-62 keeps all elements in one document, as ASP.NET Core does', async () => {
    const blob = new PlayedBlob();
    const repository = repositoryOf(blob);
    expect(await repository.getAllElements()).toEqual([]);
    await repository.storeElement(keyElement(1, { created }));
    await repository.storeElement(keyElement(2, { created }));
    expect(blob.text).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><repository><key id=.*<\/key><\/repository>$/);
    expect(blob.contentType).toBe('application/xml; charset=utf-8');
    expect(await ids(repository)).toEqual([keyIdOf(1), keyIdOf(2)]);
  });

  it('reads a document of any root, formatted and with a byte order mark', async () => {
    const blob = new PlayedBlob();
    blob.put(`\uFEFF<?xml version="1.0" encoding="utf-8"?>\n<ring>\n  <key id="${keyIdOf(3)}" />\n</ring>`);
    expect(await ids(repositoryOf(blob))).toEqual([keyIdOf(3)]);
  });

  it.each([
    [1, []],
    [2, [180]],
    [4, [180, 180, 180]],
  ])('D-62 begins again when others were faster %d times, and loses nothing of theirs', async (conflicts, expected) => {
    const [blob, pauses] = [new PlayedBlob(), [] as number[]];
    for (let number = 1; number <= conflicts; number += 1) {
      blob.meanwhile.push(() =>
        blob.put(`<repository>${`<key id="${keyIdOf(number)}" />`.repeat(number)}</repository>`),
      );
    }
    const repository = repositoryOf(blob, pauses);
    await repository.storeElement(keyElement(9, { created }));
    expect(await ids(repository)).toEqual([...Array.from({ length: conflicts }, () => keyIdOf(conflicts)), keyIdOf(9)]);
    expect(pauses).toEqual(expected);
  });

  it('gives up after five tries, and at once for what is no conflict', async () => {
    const blob = new PlayedBlob();
    for (let number = 1; number <= 5; number += 1) blob.meanwhile.push(() => blob.put('<repository />'));
    await expect(repositoryOf(blob).storeElement(keyElement(9, { created }))).rejects.toThrow('status 412');
    const refusing = Object.assign(new PlayedBlob(), { upload: () => Promise.reject(statusError(403)) });
    await expect(repositoryOf(refusing).storeElement(keyElement(9, { created }))).rejects.toThrow('status 403');
  });

  it('D-36 deletes what is chosen in one step', async () => {
    const blob = new PlayedBlob();
    const repository = repositoryOf(blob);
    for (const id of [1, 2, 3]) await repository.storeElement(keyElement(id, { created }));
    const isTwo = (id: string | undefined): boolean => id === keyIdOf(2);
    await repository.deleteElements((stored) => stored.filter(({ element }) => isTwo(attributeOf(element, 'id'))));
    expect(await ids(repository)).toEqual([keyIdOf(1), keyIdOf(3)]);
  });

  it('D-9 refuses a blob that is not XML, and one without end', async () => {
    const blob = new PlayedBlob();
    blob.put('<repository>');
    await expect(repositoryOf(blob).getAllElements()).rejects.toThrow('the blob of keys, line 1');
    const endless: AzureBlobClient = {
      download: () => Promise.resolve({ etag: '"1"', readableStreamBody: parts() }),
      upload: () => Promise.resolve(),
    };
    await expect(repositoryOf(endless).getAllElements()).rejects.toThrow('larger than 16777216 bytes');
  });
});

async function* parts(): AsyncGenerator<Buffer> {
  for (;;) yield await Promise.resolve(Buffer.alloc(1024 * 1024, 0x20));
}
