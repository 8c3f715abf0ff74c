import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenToKeys } from './terminal-keys.ts';

class FakeTerminal extends EventEmitter {
  isTTY = true;
  raw = false;
  flowing = false;
  setRawMode(raw: boolean) {
    this.raw = raw;
    return this as never;
  }
  resume() {
    this.flowing = true;
    return this as never;
  }
  pause() {
    this.flowing = false;
    return this as never;
  }
}

function keys(terminal: FakeTerminal) {
  const pressed: string[] = [];
  const note = (name: string) => () => void pressed.push(name);
  const stop = listenToKeys(terminal as never, { recycle: note('recycle'), quit: note('quit'), help: note('help') });
  return { pressed, stop };
}

describe('terminal keys', () => {
  it('does what each key says', () => {
    const terminal = new FakeTerminal();
    const { pressed } = keys(terminal);
    for (const text of ['r', 'q', '\u0003', '\u0004', 'x', 'rr']) terminal.emit('data', Buffer.from(text));
    expect(pressed).toEqual(['recycle', 'quit', 'quit', 'quit', 'help', 'recycle', 'recycle']);
  });

  it('takes the terminal and gives it back', () => {
    const terminal = new FakeTerminal();
    const { pressed, stop } = keys(terminal);
    expect([terminal.raw, terminal.flowing]).toEqual([true, true]);
    stop();
    terminal.emit('data', Buffer.from('r'));
    expect([terminal.raw, terminal.flowing, pressed]).toEqual([false, false, []]);
  });

  it('leaves a pipe alone', () => {
    const terminal = new FakeTerminal();
    terminal.isTTY = false;
    keys(terminal);
    expect([terminal.raw, terminal.listenerCount('data')]).toEqual([false, 0]);
  });
});
