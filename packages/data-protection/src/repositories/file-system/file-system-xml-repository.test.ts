import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, keyElement, keyIdOf, revocationOf, TestLogger } from '../../testing/elements.ts';
import { openingWith } from '../../testing/keys.ts';
import vectors from '../../testing/vectors.json';
import { readRing } from '../../keys/ring-elements.ts';
import type { StoredKey } from '../../keys/stored-key.ts';
import { silentLogger } from '../../logger.ts';
import { attributeOf } from '../../xml/element.ts';
import { parseXml } from '../../xml/parse-xml.ts';
import { FileSystemXmlRepository } from './file-system-xml-repository.ts';

const { cookieSharingSample } = vectors.keyXml;
const created = at('2026-01-01T00:00:00Z');

describe('FileSystemXmlRepository', () => {
  let parent: string;
  let directory: string;
  let repository: FileSystemXmlRepository;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'keys-'));
    directory = join(parent, 'ring');
    repository = new FileSystemXmlRepository(directory);
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  describe('reading', () => {
    beforeEach(() => mkdirSync(directory));

    it.each([
      ['D-1 with a byte order mark', `\uFEFF${cookieSharingSample.xml}`],
      ['D-2 without byte order mark and declaration', cookieSharingSample.xml.replace(/^<\?xml.*?\?>\n/, '')],
    ])('%s', async (_, text) => {
      write(`key-${cookieSharingSample.expect.keyId}.xml`, text);
      expect((await keys())[0]?.keyId).toBe(cookieSharingSample.expect.keyId);
    });

    it('D-3 goes by the id inside, not by the name of the file', async () => {
      write(`key-${keyIdOf(1)}.xml`, cookieSharingSample.xml);
      expect((await keys()).map(({ keyId }) => keyId)).toEqual([cookieSharingSample.expect.keyId]);
    });

    it('D-7 refuses a ring with one id in two files', async () => {
      write('key-a.xml', cookieSharingSample.xml);
      write('key-b.xml', cookieSharingSample.xml);
      await expect(keys()).rejects.toThrow('already exists in the keyring');
    });

    it.each([
      ['D-9 a file that is ill-formed', '<key id="secret"', 'not well-formed'],
      ['D-9 an empty file', '', 'not well-formed'],
      ['D-10 a document type definition', '<!DOCTYPE key [<!ENTITY a "b">]><key />', 'document type definition'],
    ])('%s costs the whole ring', async (_, text, message) => {
      write('key-a.xml', cookieSharingSample.xml);
      write('x.xml', text);
      const past = new Date(Date.now() - 60_000);
      utimesSync(join(directory, 'x.xml'), past, past);
      await expect(repository.getAllElements()).rejects.toThrow(message);
      await expect(repository.getAllElements()).rejects.toThrow(join(directory, 'x.xml'));
      await expect(repository.getAllElements()).rejects.not.toThrow('secret');
    });

    it.each([
      ['a link that leads nowhere', () => symlinkSync('nowhere', join(directory, 'x.xml')), 'ENOENT'],
      ['a directory', () => mkdirSync(join(directory, 'x.xml')), 'is not a file'],
      ['a pipe', () => void execFileSync('mkfifo', [join(directory, 'x.xml')]), 'is not a file'],
      [
        'a file that is larger than any element',
        () => {
          write('x.xml', '');
          truncateSync(join(directory, 'x.xml'), 1024 * 1024 + 1);
        },
        'larger than 1048576 bytes',
      ],
    ])('%s costs the whole ring', async (_, make, message) => {
      make();
      await expect(repository.getAllElements()).rejects.toThrow(message);
    });

    it('refuses a directory that fills without end, and reads none of its files', async () => {
      write('a', 'no XML');
      for (let index = 0; index <= 10_000; index += 1) linkSync(join(directory, 'a'), join(directory, `${index}.xml`));
      await expect(repository.getAllElements()).rejects.toThrow('more than the 10000 elements');
    });

    it('reads *.xml of the directory itself and nothing else', async () => {
      mkdirSync(join(directory, 'below'));
      for (const name of ['a.tmp', '.poolhouse-dp.lock', 'key.xml.bak', 'below/key.xml']) write(name, 'no XML');
      expect(await repository.getAllElements()).toEqual([]);
    });

    it('is empty when there is no directory, and refuses what is none', async () => {
      expect(await new FileSystemXmlRepository(join(parent, 'nowhere')).getAllElements()).toEqual([]);
      const file = new FileSystemXmlRepository(join(directory, 'a'));
      write('a', '');
      await expect(file.getAllElements()).rejects.toMatchObject({ code: 'ENOTDIR' });
    });

    it('waits for a file that another process is still writing', async () => {
      write('key-a.xml', cookieSharingSample.xml.slice(0, 200));
      const reading = repository.getAllElements();
      setImmediate(() => write('key-a.xml', cookieSharingSample.xml));
      expect(await reading).toHaveLength(1);
    });
  });

  describe('storing', () => {
    it('D-15 writes the key as ASP.NET Core does, into a directory of its own', async () => {
      await repository.storeElement(keyElement(1, { created }), `key-${keyIdOf(1)}`);
      expect(readdirSync(directory)).toEqual([`key-${keyIdOf(1)}.xml`]);
      expect([directory, join(directory, `key-${keyIdOf(1)}.xml`)].map((path) => statSync(path).mode & 0o7777)).toEqual(
        [0o700, 0o600],
      );
      const text = readFileSync(join(directory, `key-${keyIdOf(1)}.xml`), 'utf8');
      expect(text).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?>\n<key id="/);
      expect(parseXml(text, 'it')).toEqual((await repository.getAllElements())[0]);
    });

    it('D-15 never overwrites', async () => {
      await repository.storeElement(keyElement(1, { created }), 'key-1');
      await expect(repository.storeElement(keyElement(2, { created }), 'key-1')).rejects.toMatchObject({
        code: 'EEXIST',
      });
      expect((await keys()).map(({ keyId }) => keyId)).toEqual([keyIdOf(1)]);
      expect(readdirSync(directory)).toHaveLength(1);
    });

    it.each([
      ['with a group', 0o660, 0o2770],
      ['with a group that only reads', 0o640, 0o2750],
      ['with all, who only read', 0o644, 0o2755],
    ])('shares a ring %s', async (_, fileMode, directoryMode) => {
      const umask = process.umask(0o077);
      await new FileSystemXmlRepository(directory, { fileMode }).storeElement(keyElement(1, { created }), 'a');
      process.umask(umask);
      expect([directory, join(directory, 'a.xml')].map((path) => statSync(path).mode & 0o7777)).toEqual([
        directoryMode,
        fileMode,
      ]);
    });

    it.each(['', '../key', 'a/b', 'key\0', 'k'.repeat(300), 'clé'])('gives %j a name of its own', async (name) => {
      await repository.storeElement(keyElement(1, { created }), name);
      expect(readdirSync(directory)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.xml$/)]);
    });
  });

  describe('deleting', () => {
    beforeEach(async () => {
      for (const id of [1, 2, 3]) await repository.storeElement(keyElement(id, { created }), `key-${id}`);
      await repository.storeElement(revocationOf(1, created), 'revocation-1');
    });

    it('deletes what is chosen', async () => {
      const done = await repository.deleteElements((stored) =>
        stored.filter(({ element }) => attributeOf(element, 'id') === keyIdOf(2)),
      );
      expect(done).toBe(true);
      expect(readdirSync(directory).sort()).toEqual(['key-1.xml', 'key-3.xml', 'revocation-1.xml']);
    });

    it('D-36 stops at the first failure: no revocation goes whose key has not', async () => {
      const logger = new TestLogger();
      const subject = new FileSystemXmlRepository(directory, { logger });
      const done = await subject.deleteElements((stored) => {
        // What cannot be unlinked: a directory in the place of the key.
        unlinkSync(join(directory, 'key-1.xml'));
        mkdirSync(join(directory, 'key-1.xml'));
        return stored.filter(({ handle }) => String(handle).endsWith('-1.xml'));
      });
      expect(done).toBe(false);
      expect(readdirSync(directory)).toContain('revocation-1.xml');
      expect(logger.of('error')).toHaveLength(1);
    });

    it('takes a file that is gone already as deleted', async () => {
      const done = await repository.deleteElements((stored) => {
        unlinkSync(join(directory, 'key-1.xml'));
        return stored;
      });
      expect([done, readdirSync(directory)]).toEqual([true, []]);
    });
  });

  it('holds its lock in the directory, which it makes when it has to', async () => {
    const names = await repository.withLock(() => Promise.resolve(readdirSync(directory)));
    expect(names).toEqual(['.poolhouse-dp.lock']);
    expect(readdirSync(directory)).toEqual([]);
  });

  function write(name: string, text: string): void {
    writeFileSync(join(directory, name), text);
  }

  async function keys(): Promise<readonly StoredKey[]> {
    return readRing(await repository.getAllElements(), openingWith(), new Map(), silentLogger).keys;
  }
});
