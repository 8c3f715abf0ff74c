import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wantsColour } from './colour.ts';
import type { LoggedEvent } from './event.ts';
import { jsonSink } from './json-sink.ts';
import { rotatingFileLines, streamLines } from './line-writer.ts';
import { terminalSink } from './terminal-sink.ts';

const event: LoggedEvent = {
  time: new Date(2026, 10, 20, 8, 5, 3).toISOString(),
  level: 'warn',
  event: 'config.warning',
  message: 'a\n\u001b[2Jb\u202ec',
  fields: { detail: 'x\ny' },
};

describe('terminal sink', () => {
  it('writes local time, level and sentence on one line, and nothing that a terminal obeys', () => {
    const lines: string[] = [];
    terminalSink((line) => lines.push(line), { colour: false })(event);
    expect(lines).toEqual(['08:05:03 warning a \u{fffd}[2Jb\u{fffd}c']);
  });

  it('colours when asked to', () => {
    const lines: string[] = [];
    terminalSink((line) => lines.push(line), { colour: true })({ ...event, level: 'error', message: 'm' });
    expect(lines[0]).toBe('\u001b[2m08:05:03\u001b[22m \u001b[31merror\u001b[39m m');
  });
});

describe('JSON sink', () => {
  it('writes one line that parses back', () => {
    const lines: string[] = [];
    jsonSink((line) => lines.push(line))(event);
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0]!)).toEqual(event);
  });
});

describe('lines to a stream', () => {
  it('are dropped, counted and announced when the reader is slow', () => {
    const written: string[] = [];
    let resume: (() => void) | undefined;
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        written.push(chunk.toString());
        resume = done;
      },
    });
    const write = streamLines(slow);
    const long = 'x'.repeat(600_000);
    for (let line = 0; line < 5; line += 1) write(long);
    expect(slow.writableLength).toBeLessThan(2 * 1024 * 1024);
    while (slow.writableLength > 0) resume?.();
    write('after');
    while (slow.writableLength > 0) resume?.();
    expect(written.filter((line) => line.startsWith('x'))).toHaveLength(2);
    expect(written.slice(-2)).toEqual(['(3 lines were dropped here: the reader of this log is too slow)\n', 'after\n']);
  });

  it('end quietly when the pipe is closed', () => {
    const pipe = new PassThrough();
    const write = streamLines(pipe);
    pipe.destroy(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    expect(() => write('x')).not.toThrow();
  });
});

describe('lines to a rotated file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'poolhouse-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the newest files', () => {
    const path = join(folder, 'a.log');
    const write = rotatingFileLines(path, { maxBytes: 8, keep: 2 });
    for (const line of ['1234567', '2', '3234567', '4234567', '5']) write(line);
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    expect(files).toEqual({ 'a.log': '5\n', 'a.log.1': '4234567\n', 'a.log.2': '2\n3234567\n' });
  });

  it('goes on where it stopped, and survives that its folder vanishes', () => {
    const path = join(folder, 'a.log');
    rotatingFileLines(path)('1');
    const write = rotatingFileLines(path, { maxBytes: 4 });
    write('2');
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n');
    rmSync(folder, { recursive: true });
    expect(() => write('3')).not.toThrow();
  });
});

describe('wantsColour', () => {
  it.each([
    [{}, true, undefined, true],
    [{}, false, undefined, false],
    [{ NO_COLOR: '1' }, true, undefined, false],
    [{ NO_COLOR: '' }, true, undefined, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, undefined, false],
    [{ FORCE_COLOR: '1' }, false, undefined, true],
    [{ FORCE_COLOR: '0' }, true, undefined, false],
    [{ TERM: 'dumb' }, true, undefined, false],
    [{ NO_COLOR: '1' }, false, 'always', true],
    [{ FORCE_COLOR: '1' }, true, 'never', false],
    [{}, true, 'auto', true],
  ] as const)('G-2 environment %j, terminal %s, flag %s: %s', (environment, isTerminal, flag, expected) => {
    expect(wantsColour({ flag, environment, isTerminal })).toBe(expected);
  });
});
