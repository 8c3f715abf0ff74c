import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdminServer } from './admin-server.ts';
import { startAdminServer } from './admin-server.ts';
import type { OutputLine } from './output-lines.ts';
import { createFakeSupervisor } from './testing/fake-supervisor.ts';
import type { FakeSupervisor } from './testing/fake-supervisor.ts';

let folder: string;
let server: AdminServer;
let supervisor: FakeSupervisor;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-logs-'));
  supervisor = createFakeSupervisor();
  server = await startAdminServer(folder, supervisor);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function open(query: string): Promise<{ lines: OutputLine[]; ended: Promise<unknown>; close(): void }> {
  const outgoing = get({ socketPath: server.path, path: `/api/v1/logs/shop${query}`, agent: false });
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const lines: OutputLine[] = [];
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    lines.push(...parts.map((part) => JSON.parse(part) as OutputLine));
  });
  const ended = once(response, 'end');
  // A test that closes the stream itself does not wait for its end.
  ended.catch(() => {});
  return { lines, ended, close: () => outgoing.destroy() };
}

const file = (name: string, slot: number, application?: string) => ({
  slot,
  path: join(folder, name),
  ...(application !== undefined && { application }),
});

describe('GET /api/v1/logs/{pool}', () => {
  it('answers the last lines of every file, with what they belong to', async () => {
    writeFileSync(join(folder, 'a'), 'one\ntwo\nthree\nbegun');
    writeFileSync(join(folder, 'b'), 'other\n');
    supervisor.output = [file('a', 1), file('b', 2, 'shop/api'), file('missing', 3)];
    const { lines, ended } = await open('?tail=2');
    await ended;
    expect(lines).toEqual([
      { pool: 'shop', slot: 1, line: 'two' },
      { pool: 'shop', slot: 1, line: 'three' },
      { pool: 'shop', slot: 1, line: 'begun' },
      { pool: 'shop', slot: 2, application: 'shop/api', line: 'other' },
    ]);
  });

  it('follows what is appended, also to files that appear later', async () => {
    writeFileSync(join(folder, 'a'), 'old\n');
    supervisor.output = [file('a', 1)];
    const { lines, close } = await open('?follow=true&tail=1');
    await expect.poll(() => lines.map(({ line }) => line)).toEqual(['old']);
    appendFileSync(join(folder, 'a'), 'new\n');
    await expect.poll(() => lines.length).toBe(2);
    writeFileSync(join(folder, 'b'), 'second process\n');
    supervisor.output = [file('a', 1), file('b', 2)];
    await expect.poll(() => lines.length).toBe(3);
    expect(lines.slice(1)).toEqual([
      { pool: 'shop', slot: 1, line: 'new' },
      { pool: 'shop', slot: 2, line: 'second process' },
    ]);
    close();
  });

  it('ends when the pool is gone', async () => {
    const { ended } = await open('?follow=true');
    supervisor.change({ pools: [] });
    await ended;
  });
});
