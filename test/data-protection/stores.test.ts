import { parseXml, writeXml, type XmlRepository } from '@poolhouse/data-protection';
import { PostgreSqlXmlRepository } from '@poolhouse/data-protection/postgresql';
import { RedisXmlRepository } from '@poolhouse/data-protection/redis';
import { Client } from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import {
  startPostgreSql,
  startRedis,
  withoutPostgreSql,
  withoutRedis,
  type TestServer,
} from '../../packages/data-protection/src/testing/servers.ts';
import type { Application } from './application.ts';
import { hasSdk, sharedAspNetCore, type AspNetCoreOptions } from './aspnetcore.ts';
import { keyIdOf } from './key-id.ts';
import { bothWays, startNode, type Side } from './sides.ts';

const purposes = ['stores'];
const applicationName = 'stores';

/** The first makes the ring's key; a later one, of the other kind, its successor. */
async function expectToShare(start: (side: Side) => Promise<Application>, writer: Side, reader: Side): Promise<void> {
  const [from, to] = [await start(writer), await start(reader)];
  const batch = { purposes, text: true, items: ['some text'] };
  const payload = { ...batch, items: await from.protect(batch) };
  expect(await to.unprotect(payload)).toMatchObject([{ value: 'some text' }]);
  expect(await to.keys()).toEqual(await from.keys());

  await to.revokeKey(keyIdOf(payload.items));
  const successor = { ...batch, items: await (await start(reader)).protect(batch) };
  const again = await start(writer);
  expect(await again.unprotect(successor)).toMatchObject([{ value: 'some text' }]);
  expect((await again.unprotect(payload))[0]?.error).toMatch(/has been revoked/);
}

const noRedis = hasSdk ? withoutRedis() : 'needs the .NET SDK 10';
describe.skipIf(noRedis !== undefined)(`a ring in Redis${noRedis === undefined ? '' : ` (${noRedis})`}`, () => {
  let server: TestServer;
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    server = await startRedis();
    client = createClient({ socket: { path: server.socket, tls: false } });
    await client.connect();
  });
  beforeEach(() => client.flushAll());
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  // After the server, so that it ends first.
  const aspNetCore = sharedAspNetCore();

  it.each(bothWays)('D-61 begun by %s, used by %s', async (writer, reader) => {
    const start = (side: Side): Promise<Application> =>
      side === 'Node.js'
        ? startNode({ applicationName }, { repository: new RedisXmlRepository(client) })
        : aspNetCore.start({ applicationName, redis: `!${server.socket}` });
    await expectToShare(start, writer, reader);
    const entries = await client.lRange('DataProtection-Keys', 0, -1);
    expect(entries).toHaveLength(3);
    for (const entry of entries) expect(writeXml(parseXml(entry, 'an entry'), 'line')).toBe(entry);
  });
});

const noPostgreSql = hasSdk ? withoutPostgreSql() : 'needs the .NET SDK 10';
describe.skipIf(noPostgreSql !== undefined)(
  `a ring in PostgreSQL${noPostgreSql === undefined ? '' : ` (${noPostgreSql})`}`,
  () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startPostgreSql();
    });
    afterAll(() => server.stop());
    // After the server, so that it ends first: PostgreSQL waits for its clients.
    const aspNetCore = sharedAspNetCore();

    async function connect(database: string): Promise<Client> {
      const client = new Client({ host: server.folder, user: 'postgres', database });
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    }

    /** Starts applications of both kinds; who is first makes the table. */
    function starter(database: string): (side: Side) => Promise<Application> {
      const startAspNetCore = (options: AspNetCoreOptions): Promise<Application> =>
        aspNetCore.start({
          ...options,
          createTable: true,
          postgresql: `Host=${server.folder};Username=postgres;Database=${database}`,
        });
      return async (side) => {
        if (side === 'ASP.NET Core') return startAspNetCore({ applicationName });
        const repository: XmlRepository = new PostgreSqlXmlRepository(await connect(database), { createTable: true });
        return startNode({ applicationName }, { repository });
      };
    }

    it.each(bothWays)('D-62 begun by %s, used by %s, in a table of one form', async (writer, reader) => {
      const database = writer === 'Node.js' ? 'begun_by_node' : 'begun_by_aspnetcore';
      await (await connect('postgres')).query(`CREATE DATABASE ${database}`);
      await expectToShare(starter(database), writer, reader);
      const client = await connect(database);
      const columns = `SELECT column_name, data_type, is_nullable, is_identity, identity_generation
        FROM information_schema.columns WHERE table_name = 'DataProtectionKeys' ORDER BY ordinal_position`;
      const column = { identity_generation: null, is_identity: 'NO' };
      expect((await client.query(columns)).rows).toEqual([
        {
          column_name: 'Id',
          data_type: 'integer',
          is_nullable: 'NO',
          is_identity: 'YES',
          identity_generation: 'BY DEFAULT',
        },
        { ...column, column_name: 'FriendlyName', data_type: 'text', is_nullable: 'YES' },
        { ...column, column_name: 'Xml', data_type: 'text', is_nullable: 'YES' },
      ]);
      const names = await client.query('SELECT "FriendlyName" AS name FROM "DataProtectionKeys" ORDER BY "Id"');
      expect(names.rows).toEqual([
        { name: expect.stringMatching(/^key-/) },
        { name: expect.stringMatching(/^revocation-/) },
        { name: expect.stringMatching(/^key-/) },
      ]);
    });
  },
);
