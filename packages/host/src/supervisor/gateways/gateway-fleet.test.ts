import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan, Upstream } from '@poolhouse/contract';
import { afterEach, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../linux/index.ts';
import type { FleetEvents } from './fleet-surroundings.ts';
import { GatewayFleet } from './gateway-fleet.ts';

/**
 * A program in place of a gateway. It does what the orders of the supervisor say, as JSON: `say` sends messages,
 * `exit` ends it. Asked to drain for more than a minute it stays, like one with a slow client.
 */
const program = `
let ordered = false;
const send = (message) => process.send({ version: 1, ...message });
process.on('message', async (message) => {
  if (message.type === 'snapshot') send({ type: 'listening' });
  if (message.type === 'drain' && !message.stay && message.limitMs <= 60_000) process.exit(0);
  // One that has no order answers the first one all the same.
  if (message.type === 'change' && message.removedPools?.[0] === 'forge' && !ordered) {
    send({ type: 'orderDone', id: 1, status: 599 });
    send({ type: 'event', name: 'site.state', fields: {} });
  }
  if (message.type !== 'order') return;
  ordered = true;
  const { say = [], exit, answer = true } = JSON.parse(message.target);
  await Promise.all(say.map((each) => new Promise((sent) => process.send({ version: 1, ...each }, sent))));
  if (exit !== undefined) process.exit(exit);
  if (answer) send({ type: 'orderDone', id: message.id, status: 200 });
});
send({ type: 'hello' });
`;

const folder = mkdtempSync(join(tmpdir(), 'poolhouse-fleet-'));
const entry = join(folder, 'gateway.mjs');
writeFileSync(entry, program);
const fleets: GatewayFleet[] = [];
afterEach(() => {
  for (const fleet of fleets.splice(0)) fleet.destroy();
});
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const plan: Plan = {
  sites: [],
  pools: [{ name: 'shop', queueLength: 10, concurrentRequestLimit: 10, requestsThreshold: 0, refuseWith: 'HttpLevel' }],
  limits: {} as never,
};
const upstream: Upstream = {
  ...{ id: 7, pool: 'shop', application: 'shop/', slot: 0, kind: 'worker', protocol: 'http/1.1', token: 't' },
  ...{ forwardPort: false, address: { path: '/run/w.sock' } },
};
const counters = (active: number, id = 7, pool = 'shop'): object => ({
  type: 'counters',
  upstreams: [{ id, active, served: 1, idleMs: 0 }],
  pools: [{ name: pool, waiting: 3, refused: {} }],
  connections: 1,
});

async function begin(size: number, events: Partial<FleetEvents> = {}) {
  const emitted: string[] = [];
  const fleet = new GatewayFleet(
    size,
    plan,
    {
      launch: {
        ...{ node: process.execPath, entry, workingDirectory: '/', environment: {} },
        ...{ credentials: undefined, output: 2 },
      },
      record: { add: () => {}, delete: () => {} } as unknown as RunRecord,
      emit: (name) => void emitted.push(name),
      now: () => performance.now(),
    },
    { demand: () => {}, counters: () => {}, retireAnswered: () => {}, doubted: () => {}, ...events },
  );
  fleets.push(fleet);
  await fleet.use([]);
  const order = (what: object, limitMs = 60_000) =>
    fleet.sendOrder({ upstream, method: 'GET', target: JSON.stringify(what), headers: [], limitMs });
  return { fleet, emitted, order };
}

const states = (fleet: GatewayFleet): string[] => fleet.gateways.map(({ state }) => state);

it('replaces a gateway that dies while an older one still drains', async () => {
  const { fleet, order } = await begin(1);
  await fleet.use([]);
  expect(states(fleet)).toEqual(['draining', 'listening']);
  expect(await order({ exit: 1 })).toEqual({ status: 0, error: expect.stringContaining('ended') });
  await expect.poll(() => states(fleet)).toEqual(['draining', 'listening']);
});

it('ends those that drain already, too, within the time it has', async () => {
  const { fleet } = await begin(1);
  await fleet.use([]);
  await fleet.refuseNewClients(30_000);
  await fleet.stop(5_000);
  expect(fleet.gateways).toEqual([]);
});

it('hears what a gateway said before it ended', async () => {
  const served: number[] = [];
  const { fleet, order } = await begin(1, { counters: (_, total) => served.push(total.served) });
  fleet.publish({ add: [upstream] });
  await order({ say: Array.from({ length: 200 }, () => counters(1)), exit: 0 });
  await vi.waitFor(() => expect(served).toHaveLength(201), 10_000);
});

it('counts only for upstreams and pools that exist', async () => {
  const counted: number[] = [];
  const { fleet, order } = await begin(1, { counters: (id) => counted.push(id) });
  fleet.publish({ add: [upstream] });
  await order({ say: [counters(1, 99, 'none'), counters(1)] });
  expect(counted).toEqual([7]);
  expect([fleet.waiting('none'), fleet.waiting('shop')]).toEqual([0, 3]);
  fleet.publish({ removedPools: ['shop'] });
  expect(fleet.waiting('shop')).toBe(0);
});

it('believes only the gateway that has it about an order', async () => {
  const { fleet, emitted, order } = await begin(2);
  const unanswered = order({ answer: false });
  await order({});
  fleet.publish({ removedPools: ['forge'] });
  await expect.poll(() => emitted).toContain('site.state');
  await order({ say: [{ type: 'orderDone', id: 1, status: 204 }] });
  expect(await unanswered).toEqual({ status: 204 });
});
