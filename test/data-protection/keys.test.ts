import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseXml, writeXml } from '@poolhouse/data-protection';
import { describe, expect, it } from 'vitest';

import { scratchFile } from '../harness/scratch-file.ts';
import { day, hour, ticksOf, type Batch, type KeyFacts } from './application.ts';
import { hasSdk } from './aspnetcore.ts';
import { sharedCertificates } from './certificates.ts';
import { keyIdOf } from './key-id.ts';
import { bothWays, sharedSides, startNode } from './sides.ts';

const purposes = ['keys'];
const item = Buffer.from('some text').toString('base64');
const clear: Batch = { purposes, items: [item] };

describe.skipIf(!hasSdk)('keys of ASP.NET Core and Node.js', () => {
  const sides = sharedSides();
  const certificates = sharedCertificates('own');

  describe.each(bothWays)('made by %s, seen by %s', (writer, reader) => {
    const ring = () => {
      const shared = { directory: scratchFile('keys'), applicationName: 'keys' };
      return { shared, maker: () => sides.start(writer, shared), other: () => sides.start(reader, shared) };
    };

    it('D-16 D-23 an empty ring gets one key for 90 days, active at once, and all its dates are read to the tick', async () => {
      const { maker, other } = ring();
      const [before, from] = [ticksOf(new Date()), await maker()];
      const [made, ...others] = await from.keys();
      expect(others).toEqual([]);
      expect(made?.activates).toBeGreaterThanOrEqual(before);
      expect(Number((made?.expires ?? 0n) - (made?.activates ?? 0n)) / 10_000).toBe(90 * day);
      expect(await (await other()).keys()).toEqual([made]);
    });

    it('D-24 D-25 a key about to expire gets a successor, and then no other', async () => {
      const { maker, other, shared } = ring();
      const hand = await sides.start(writer, { ...shared, autoGenerateKeys: false });
      const last = await hand.createKey({ expiration: new Date(Date.now() + day) });
      const to = await other();
      const [successor, ...more] = (await to.keys()).filter(({ id }) => id !== last.id);
      expect(more).toEqual([]);
      expect(successor?.activates).toBe(last.expires);
      const lifetime = Number((successor?.expires ?? 0n) - ticksOf(new Date())) / 10_000;
      expect(lifetime).toBeGreaterThan(90 * day - hour);
      expect(lifetime).toBeLessThanOrEqual(90 * day);
      const again = await maker();
      expect(sorted(await again.keys())).toEqual(sorted(await to.keys()));
      expect(keyIdOf(await again.protect(clear))).toBe(last.id);
      expect(keyIdOf(await to.protect(clear))).toBe(last.id);
    });

    it('D-17 D-44 a revoked key reads nothing, except where that is overridden; a new one takes its place', async () => {
      const { maker, other } = ring();
      const from = await maker();
      const old = { purposes, items: await from.protect(clear) };
      const id = keyIdOf(old.items);
      await from.revokeKey(id);
      const to = await other();
      expect(await to.unprotect(old)).toMatchObject([
        { error: expect.stringContaining(`The key {${id}} has been revoked.`) },
      ]);
      expect(await to.dangerousUnprotect(old)).toMatchObject([
        { value: item, requiresMigration: true, wasRevoked: true },
      ]);
      const anew = await to.protect(clear);
      expect(keyIdOf(anew)).not.toBe(id);
      expect(await (await maker()).unprotect({ purposes, items: anew })).toMatchObject([{ value: item }]);
    });

    it('D-18 D-19 a revocation by date is for keys made strictly before it; the latest counts', async () => {
      const { maker, other } = ring();
      const from = await maker();
      const keys = [...(await from.keys()), await from.createKey(), await from.createKey()];
      const [first, second, third] = keys.map(({ created }) => created) as [bigint, bigint, bigint];
      expect(first < second && second < third).toBe(true);
      const revoked = async (): Promise<boolean[]> => {
        const seen = new Map((await (await other()).keys()).map((key) => [key.id, key.revoked]));
        return keys.map(({ id }) => seen.get(id) ?? false);
      };
      await from.revokeKeys(first);
      expect(await revoked()).toEqual([false, false, false]);
      await from.revokeKeys(second + 1n);
      expect(await revoked()).toEqual([true, true, false]);
      await from.revokeKeys(second);
      expect(await revoked()).toEqual([true, true, false]);
      const ours = await (await maker()).keys();
      expect(sorted(ours)).toEqual(sorted(await (await other()).keys()));
    });

    it('D-34 a key that came after the start is looked for when a payload names it', async () => {
      const { maker, other } = ring();
      const from = await maker();
      const to = await other();
      const old = { purposes, items: await from.protect(clear) };
      expect(await to.unprotect(old)).toMatchObject([{ value: item }]);
      await from.revokeKey(keyIdOf(old.items));
      const anew = await (await maker()).protect(clear);
      expect(await to.unprotect({ purposes, items: anew })).toMatchObject([{ value: item }]);
      // The ring that was loaded for it knows of the revocation, too.
      expect((await to.unprotect(old))[0]?.error).toMatch(/ has been revoked\./);
    });
  });

  it('D-44 what an expired key protected is read, and said to need another', async () => {
    const shared = { directory: scratchFile('keys'), applicationName: 'keys' };
    // Only its clock can be set; a key of ASP.NET Core with such dates is the same file.
    const past = () => ticksOf(new Date(Date.now() - 100 * day));
    const old = { purposes, items: await (await startNode(shared, { clock: past })).protect(clear) };
    const aspNetCore = await sides.start('ASP.NET Core', shared);
    expect(await aspNetCore.unprotect(old)).toMatchObject([{ value: item }]);
    const now = { purposes, items: await aspNetCore.protect(clear) };
    expect(keyIdOf(now.items)).not.toBe(keyIdOf(old.items));
    const expected = [{ value: item, requiresMigration: true, wasRevoked: false }];
    for (const side of [aspNetCore, await startNode(shared)]) {
      expect(await side.dangerousUnprotect(old)).toMatchObject(expected);
      expect(await side.dangerousUnprotect(now)).toMatchObject([{ ...expected[0], requiresMigration: false }]);
    }
  });

  it('D-15 D-21 the files have one form: written again, those of ASP.NET Core are the same to the byte', async () => {
    const shared = { directory: scratchFile('keys'), applicationName: 'keys' };
    const { pfx: certificate } = certificates.own;
    const applications = [
      await sides.start('ASP.NET Core', shared),
      await sides.start('ASP.NET Core', { ...shared, certificate, autoGenerateKeys: false }),
      await sides.start('ASP.NET Core', { ...shared, family: 'managed', autoGenerateKeys: false }),
      await startNode({ ...shared, autoGenerateKeys: false }),
    ];
    for (const application of applications) {
      const { id } = await application.createKey();
      await application.revokeKey(id);
      await application.revokeKeys(ticksOf(new Date()));
    }
    const names = readdirSync(shared.directory);
    expect(names).toHaveLength(1 + 3 * applications.length);
    for (const name of names) {
      expect(name).toMatch(/^(key|revocation)-([0-9a-f-]{36}|\d{8}T\d{6,13}Z)\.xml$/);
      const text = readFileSync(join(shared.directory, name), 'utf8').replace(/^\uFEFF/, '');
      expect(writeXml(parseXml(text, name), 'document')).toBe(text);
    }
  });

  it.each([
    ['active one after the other', [-40, -20, -3, -1], 3],
    ['made at once, the last not active yet', [-40, -1, 1], 1],
    ['just become active', [-40, 0], 1],
  ])('D-22 of keys %s both take the same as default', async (_, activations, expected) => {
    const shared = { directory: scratchFile('keys'), applicationName: 'keys' };
    const hand = await startNode({ ...shared, autoGenerateKeys: false });
    const keys: KeyFacts[] = [];
    for (const days of activations) {
      keys.push(await hand.createKey({ activation: dayFromNow(days), expiration: dayFromNow(days + 90) }));
    }
    for (const side of [await sides.start('ASP.NET Core', shared), await startNode(shared)]) {
      expect(keyIdOf(await side.protect(clear))).toBe(keys[expected]?.id);
      expect(sorted(await side.keys())).toEqual(sorted(keys));
    }
  });

  // In days from now; keys made two days ago or earlier count as seen by all.
  const expired = { created: -300, active: -100, expires: -10 };
  const longExpired = { created: -300, active: -200, expires: -110 };
  const coming = { created: -300, active: 10, expires: 100 };
  it.each([
    ['one that expired', [expired], undefined],
    ['one that expired and was made today', [{ ...expired, created: 0 }], 0],
    ['one that expired after another, which is used', [expired, longExpired], 1],
    ['one that is not active yet', [coming], 0],
    ['one that is not active yet, and an expired one', [coming, expired], 0],
  ])('D-26 D-27 without keys of their own making both do the same with %s', async (_, lives, expected) => {
    const shared = { directory: scratchFile('keys'), applicationName: 'keys', autoGenerateKeys: false };
    const keys: KeyFacts[] = [];
    for (const { created, active, expires } of lives) {
      const hand = await startNode(shared, { clock: () => ticksOf(dayFromNow(created)) });
      keys.push(await hand.createKey({ activation: dayFromNow(active), expiration: dayFromNow(expires) }));
    }
    for (const side of [await sides.start('ASP.NET Core', shared), await startNode(shared)]) {
      const used = await side.protect(clear).then(keyIdOf, () => undefined);
      expect(used).toBe(expected === undefined ? undefined : keys[expected]?.id);
    }
  });

  it.each([['cng-cbc'], ['cng-gcm']] as const)(
    'D-12 keys of the family %s: ASP.NET Core on Linux writes them and cannot use them, Node.js can',
    async (family) => {
      const shared = { directory: scratchFile('keys'), applicationName: 'keys' };
      const aspNetCore = await sides.start('ASP.NET Core', { ...shared, family });
      const [key] = await aspNetCore.keys();
      expect(key?.error).toMatch(/bcrypt\.dll/);
      const node = await startNode(shared);
      const [seen] = await node.keys();
      expect(seen).toMatchObject({ id: key?.id, error: null });
      const payload = { purposes, items: await node.protect(clear) };
      expect(keyIdOf(payload.items)).toBe(key?.id);
      expect(await node.unprotect(payload)).toMatchObject([{ value: item }]);
      // To ASP.NET Core with its usual algorithms it is a key among others, never its default.
      const usual = await sides.start('ASP.NET Core', shared);
      expect((await usual.unprotect(payload))[0]?.error).toMatch(/^The provided payload could not be decrypted/);
      const own = { purposes, items: await usual.protect(clear) };
      expect(keyIdOf(own.items)).not.toBe(key?.id);
      expect(await node.unprotect(own)).toMatchObject([{ value: item }]);
    },
  );
});

const dayFromNow = (days: number): Date => new Date(Date.now() + days * day);

function sorted(keys: readonly KeyFacts[]): KeyFacts[] {
  return keys.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
