import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToWorker } from '@poolhouse/contract';
import { Channel, parseMessage } from './channel.ts';

describe('messages of the supervisor', () => {
  it.each([
    '{"version":1,"type":"pair","token":"t"}',
    '{"version":1,"type":"ping","sequence":3}',
    '{"version":1,"type":"drain","limitMs":0}',
    '{"version":1,"type":"drain","limitMs":10,"answersMs":5}',
  ])('reads %s', (line) => {
    expect(parseMessage(line)).toEqual(JSON.parse(line));
  });

  it.each([
    '',
    'null',
    '[]',
    '{"version":2,"type":"ping","sequence":3}',
    '{"version":1,"type":"pair"}',
    '{"version":1,"type":"ping","sequence":"3"}',
    '{"version":1,"type":"drain","limitMs":-1}',
    '{"version":1,"type":"drain","limitMs":1,"answersMs":"0"}',
    '{"version":1,"type":"unknown"}',
  ])('refuses %s', (line) => {
    expect(parseMessage(line)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (line) => void parseMessage(line)));
    fc.assert(fc.property(fc.json(), (line) => void parseMessage(line)));
  });
});

describe('the channel', () => {
  it('reads messages however they are cut', async () => {
    const sent: ToWorker[] = [
      { version: 1, type: 'pair', token: 'ä'.repeat(20) },
      { version: 1, type: 'ping', sequence: 1 },
    ];
    const bytes = Buffer.from(sent.map((message) => `${JSON.stringify(message)}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const { pipe, received } = open();
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        for (const [index, place] of places.entries()) pipe.push(bytes.subarray(place, places[index + 1]));
        await new Promise(setImmediate);
        expect(received).toEqual(sent);
      }),
    );
  });

  it.each([
    ['what is no message', 'nonsense\n', 'not part of the protocol'],
    ['a text without an end', 'x'.repeat(70_000), 'without an end'],
  ])('is lost with %s', async (_what, text, reason) => {
    const { pipe, lost } = open();
    pipe.push(text);
    await new Promise(setImmediate);
    expect(lost[0]).toContain(reason);
  });

  it('is lost when the other side closes', async () => {
    const { pipe, lost } = open();
    pipe.push(null);
    pipe.destroy();
    await new Promise(setImmediate);
    expect(lost).toEqual(['the supervisor closed the control channel']);
  });
});

function open() {
  const pipe = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  const received: ToWorker[] = [];
  const lost: string[] = [];
  void new Channel(pipe as Socket, {
    message: (message) => received.push(message),
    lost: (reason) => lost.push(reason),
  });
  return { pipe, received, lost };
}
