import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { choosePort } from './port.ts';

it.each(['65536', '0', 'abc', '1024', '48001', '-5'])('M-23 a configured port of %s is refused for good', (text) => {
  expect(choosePort(text, Math.random)).toMatchObject({ problem: { stage: 'port', critical: true } });
});

it.each([
  ['8080', 8080],
  ['1025', 1025],
  ['48000', 48000],
  ['8080abc', 8080],
])('M-21 a configured port of %s is taken', (text, port) => {
  expect(choosePort(text, Math.random)).toEqual({ port });
});

it.each([undefined, '', '  '])('M-22 %j draws a port that is free and clear of the kernel’s own', (text) => {
  const choice = choosePort(text, Math.random) as { port: number };
  expect(choice.port).toBeGreaterThanOrEqual(10_000);
  expect(choice.port).toBeLessThanOrEqual(32_767);
});

it('draws again when a port is in use, and gives up after ten draws', async () => {
  const server = createServer().listen(20_011, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fraction = (wanted: number): number => (wanted - 10_000 + 0.5) / 22_768;
  const draws = [port, port, port + 1].map(fraction);
  expect(choosePort(undefined, () => draws.shift() ?? 0)).toEqual({ port: port + 1 });
  expect(choosePort(undefined, () => fraction(port))).toMatchObject({ problem: { critical: false } });
  server.close();
});
