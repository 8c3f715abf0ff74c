import { describe, expect, it } from 'vitest';
import type { Emit } from '../logging/index.ts';
import { configFile, loadGood, server } from './activation/testing/load.ts';
import { reportDiagnostics } from './report-diagnostics.ts';

/** Names and fields of what a server file with these parts lets report. */
async function reported(parts: Parameters<typeof server>[0]): Promise<readonly [string, object][]> {
  const events: [string, object][] = [];
  const emit: Emit = (name, fields) => void events.push([name, fields]);
  reportDiagnostics(emit, await loadGood({ [configFile]: server(parts) }));
  return events;
}

describe('a pool without a usable name', () => {
  it.each([
    ['empty', '', false],
    ['longer than 64 characters', 'x'.repeat(65), true],
    ['with a character that names cannot have', 'a/b', false],
  ])('P-7 %s: only that pool is left out, with an event', async (_, name, tooLong) => {
    expect(await reported({ pools: `<add name="${name}"/><add name="q"/>` })).toEqual([
      ['config.pool.ignored', expect.objectContaining({ file: configFile, line: 2, tooLong })],
    ]);
    const { pools } = await loadGood({ [configFile]: server({ pools: `<add name="${name}"/><add name="q"/>` }) });
    expect(pools.map((pool) => pool.name)).toEqual(['p', 'q']);
  });
});

it('a value out of range keeps the number that alert rules know', async () => {
  expect(await reported({ pools: '<add name="q" queueLength="5"/>' })).toMatchObject([['config.range', { line: 2 }]]);
});

it('says nothing twice', async () => {
  const files = { [configFile]: server({ pools: '<add name=""/>' }) };
  const before = await loadGood(files);
  const events: string[] = [];
  reportDiagnostics((name) => void events.push(name), await loadGood(files, before), before);
  expect(events).toEqual([]);
});
