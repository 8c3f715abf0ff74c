import { afterEach, expect, it } from 'vitest';
import { RawClient } from '../testing/raw-client.ts';
import { RunningGateway } from '../testing/running-gateway.ts';
import { ScriptedUpstream } from '../testing/scripted-upstream.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const response = 'HTTP/1.1 200 OK\r\nServer: Kestrel\r\nX-A: 1\r\nSERVER: again\r\nContent-Length: 2\r\n\r\nok';

it.each([
  [true, false],
  [false, true],
])('with removeServerHeader=%s sends the Server field of the application: %s', async (removeServerHeader, sent) => {
  const gateway = await RunningGateway.start({ forwardOptions: { removeServerHeader } });
  cleanUps.push(() => gateway.stop());
  const upstream = new ScriptedUpstream((peer) => {
    if (peer.received.endsWith('\r\n\r\n')) peer.send(response);
  });
  cleanUps.push(() => upstream.close());
  gateway.addUpstream(await upstream.listen());
  const client = new RawClient(gateway.port);
  cleanUps.push(() => client.destroy());
  const text = await client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n').all();
  expect(text).toContain('X-A: 1');
  expect(text.endsWith('\r\n\r\nok')).toBe(true);
  expect(/^server:/im.test(text)).toBe(sent);
});
