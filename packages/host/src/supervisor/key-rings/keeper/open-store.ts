import { randomUUID } from 'node:crypto';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  FileSystemXmlRepository,
  InMemoryXmlRepository,
  writeXml,
  type Logger,
  type XmlElement,
  type XmlRepository,
} from '@poolhouse/data-protection';
import { PostgreSqlXmlRepository } from '@poolhouse/data-protection/postgresql';
import { RedisXmlRepository } from '@poolhouse/data-protection/redis';
import type { RingPlace } from '../keeper-job.ts';

/** A ring's store while a job uses it. */
export interface OpenStore {
  readonly repository: XmlRepository;
  /** Puts an element in the place of the one that a handle of the repository means, in one step. */
  replace(handle: unknown, element: XmlElement): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds. */
const connectLimitMs = 8_000;
const queryLimitMs = 10_000;

const usualList = 'DataProtection-Keys';
const usualTable = 'DataProtectionKeys';
const noSuchTable = '42P01';

/** @throws Error that says what is missing or what the store answered */
export function openStore(place: RingPlace, logger: Logger): Promise<OpenStore> {
  switch (place.store) {
    case 'None':
      return Promise.resolve(openNothing());
    case 'Folder':
      return Promise.resolve(openFolder(place.path, logger));
    case 'Redis':
      return openRedis(place.connection, place.name === '' ? usualList : place.name, logger);
    case 'PostgreSql':
      return openPostgreSql(place.connection, place.name === '' ? usualTable : place.name, logger);
  }
}

function openNothing(): OpenStore {
  return {
    repository: new InMemoryXmlRepository(),
    replace: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function openFolder(path: string, logger: Logger): OpenStore {
  return {
    repository: new FileSystemXmlRepository(path, { logger }),
    replace: (handle, element) => replaceFile(handle as string, writeXml(element, 'document')),
    close: () => Promise.resolve(),
  };
}

/** Whole or not at all, also when the machine loses power meanwhile; for those who could read it before. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `${randomUUID()}.tmp`);
  const { mode, gid } = await stat(path);
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await file.writeFile(text);
      // Machines that share a folder may know each other by its group alone; not all may give files to it.
      await file.chown(-1, gid).catch(() => undefined);
      if ((await file.stat()).gid === gid) await file.chmod(mode & 0o777);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}

async function openRedis(url: string, list: string, logger: Logger): Promise<OpenStore> {
  const { createClient } = await import('redis').catch((error: unknown) => missing('redis', error));
  const client = createClient({ url, socket: { connectTimeout: connectLimitMs, reconnectStrategy: false } });
  // Whoever waits for an answer learns of it; without a listener the process would end.
  client.on('error', () => undefined);
  await client.connect();
  return {
    repository: new RedisXmlRepository(client, { list, logger }),
    async replace(handle, element) {
      await client
        .multi()
        // Nothing where somebody else took it away or replaced it: a key must not be there twice.
        .lInsert(list, 'BEFORE', handle as string, writeXml(element, 'line'))
        .lRem(list, 1, handle as string)
        .exec();
    },
    close: () => Promise.resolve(client.destroy()),
  };
}

async function openPostgreSql(connectionString: string, table: string, logger: Logger): Promise<OpenStore> {
  const { default: pg } = await import('pg').catch((error: unknown) => missing('pg', error));
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: queryLimitMs,
    application_name: 'poolhouse-keys',
  });
  client.on('error', () => undefined);
  await client.connect();
  const [schema, name] = table.includes('.') ? table.split('.', 2) : [undefined, table];
  const options = { table: name ?? table, ...(schema === undefined ? {} : { schema }), logger };
  const existing = new PostgreSqlXmlRepository(client, options);
  // Who may only read and write rows must not be asked for the right to create tables.
  const exists = await existing.getAllElements().then(
    () => true,
    (error: unknown) => {
      if ((error as { cause?: { code?: unknown } }).cause?.code === noSuchTable) return false;
      return true;
    },
  );
  const quoted = [schema, name ?? table]
    .filter((part) => part !== undefined)
    .map((part) => client.escapeIdentifier(part));
  return {
    repository: exists ? existing : new PostgreSqlXmlRepository(client, { ...options, createTable: true }),
    async replace(handle, element) {
      const text = `UPDATE ${quoted.join('.')} SET "Xml" = $1 WHERE "Id" = $2`;
      await client.query(text, [writeXml(element, 'line'), handle]);
    },
    close: () => client.end(),
  };
}

function missing(name: string, cause: unknown): never {
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
  throw new Error(`the package ${name} is not installed beside Poolhouse; run: npm install --global ${name}`, {
    cause,
  });
}
