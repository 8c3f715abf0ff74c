import { expect, it } from 'vitest';
import type { EventFields, EventName } from '../../logging/index.ts';
import { ErrorLog, type LineFile } from './error-log.ts';
import type { ErrorLogEntry } from './error-log-entry.ts';

const entry: ErrorLogEntry = {
  client: { remoteAddress: '203.0.113.7', remotePort: 1, localAddress: '192.0.2.1', localPort: 80 },
  ...{ request: undefined, status: 400, reason: 'Verb', siteId: undefined, queue: undefined },
};
const line = '1970-01-01 00:00:00 203.0.113.7 1 192.0.2.1 80 - - - 400 - Verb -\n';
const batchLines = Math.ceil(65_536 / line.length);

/** A file that takes what it is told to take. */
class SlowFile implements LineFile {
  readonly written: string[] = [];
  closed = false;
  waits: PromiseWithResolvers<void>[] = [];
  fails: Error | undefined;

  async append(lines: string): Promise<void> {
    if (this.fails !== undefined) throw this.fails;
    this.written.push(lines);
    const wait = Promise.withResolvers<void>();
    this.waits.push(wait);
    await wait.promise;
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

function logTo(file: SlowFile) {
  const events: { name: EventName; fields: EventFields }[] = [];
  const plan = { folder: '/log', truncateBytes: 1_048_576, format: 'Text' } as const;
  const log = new ErrorLog(
    plan,
    () => 0,
    (name, fields) => events.push({ name, fields }),
    file,
  );
  return { log, events };
}

it('writes what came since the last time in one write', async () => {
  const file = new SlowFile();
  const { log } = logTo(file);
  log.add(entry);
  log.add(entry);
  expect(file.written).toEqual([]);
  log.flush();
  log.flush();
  expect(file.written).toEqual([line + line]);
});

it('writes a full batch at once, and one at a time', async () => {
  const file = new SlowFile();
  const { log } = logTo(file);
  for (let count = 0; count < 2 * batchLines; count++) log.add(entry);
  expect(file.written).toHaveLength(1);
  file.waits[0]?.resolve();
  await expect.poll(() => file.written.length).toBe(2);
  expect(file.written.join('')).toBe(line.repeat(2 * batchLines));
});

it('loses lines rather than memory when the disk is slow, and says so', async () => {
  const file = new SlowFile();
  const { log, events } = logTo(file);
  const many = Math.ceil((2 * 1_048_576) / line.length);
  for (let count = 0; count < many; count++) log.add(entry);
  log.flush();
  expect(events).toEqual([
    {
      name: 'gateway.error_log_failed',
      fields: { folder: '/log', error: 'the disk is too slow', lost: expect.any(Number) },
    },
  ]);
  const [event] = events;
  const lost = Number(event?.fields['lost']);
  file.waits[0]?.resolve();
  await expect.poll(() => file.written.length).toBe(2);
  expect(file.written.join('').length / line.length + lost).toBe(many);
});

it('says why lines could not be written, and goes on', async () => {
  const file = new SlowFile();
  const { log, events } = logTo(file);
  file.fails = new Error('ENOSPC: no space left on device');
  log.add(entry);
  log.add(entry);
  log.flush();
  await expect
    .poll(() => events)
    .toEqual([
      {
        name: 'gateway.error_log_failed',
        fields: { folder: '/log', error: 'ENOSPC: no space left on device', lost: 2 },
      },
    ]);
  file.fails = undefined;
  log.add(entry);
  log.flush();
  expect(file.written).toEqual([line]);
});

it('writes the rest at the end', async () => {
  const file = new SlowFile();
  const { log } = logTo(file);
  log.add(entry);
  log.flush();
  log.add(entry);
  const closed = log.close();
  file.waits[0]?.resolve();
  await expect.poll(() => file.waits.length).toBe(2);
  file.waits[1]?.resolve();
  await closed;
  expect([file.written, file.closed]).toEqual([[line, line], true]);
});
