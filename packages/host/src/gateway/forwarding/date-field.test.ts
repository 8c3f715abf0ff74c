import { expect, it } from 'vitest';
import { listenScripted, openClient, startGateway } from '../testing/for-one-test.ts';

const own = 'Date: Tue, 14 Nov 2023 22:13:20 GMT';
const theirs = 'Date: Sun, 06 Nov 1994 08:49:37 GMT';

it.each([
  ['none', [], own],
  ['one', [theirs], theirs],
  ['a malformed one', ['Date: yesterday'], own],
  ['two', [theirs, theirs], own],
])('M-133 a client gets one Date when the application sends %s', async (_, fields, expected) => {
  const gateway = await startGateway();
  const { port } = await listenScripted((peer) => {
    if (!peer.received.endsWith('\r\n\r\n')) return;
    peer.send(['HTTP/1.1 200 OK', ...fields, 'Content-Length: 2', '', 'ok'].join('\r\n'));
  });
  gateway.addUpstream(port);
  const text = await openClient(gateway).send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n').all();
  expect(text.match(/^date:.*$/gim)).toEqual([expected]);
  expect(text.endsWith('\r\n\r\nok')).toBe(true);
});
