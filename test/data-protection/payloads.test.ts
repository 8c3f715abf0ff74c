import { describe, expect, it } from 'vitest';

import { scratchFile } from '../harness/scratch-file.ts';
import { day, hour, type Application, type ApplicationOptions } from './application.ts';
import { hasSdk } from './aspnetcore.ts';
import { SeededBytes } from './random-items.ts';
import { bothWays, sharedSides, type Side } from './sides.ts';

const algorithms: readonly (readonly [name: string, options: ApplicationOptions])[] = [
  ['AES_128_CBC', { encryption: 'AES_128_CBC' }],
  ['AES_192_CBC', { encryption: 'AES_192_CBC' }],
  ['AES_256_CBC', { encryption: 'AES_256_CBC' }],
  ['AES_256_CBC with HMACSHA512', { encryption: 'AES_256_CBC', validation: 'HMACSHA512' }],
  ['AES_128_GCM', { encryption: 'AES_128_GCM' }],
  ['AES_192_GCM', { encryption: 'AES_192_GCM' }],
  ['AES_256_GCM', { encryption: 'AES_256_GCM' }],
  ['managed 128 bit with HMACSHA1', { family: 'managed', keySize: 128, validation: 'HMACSHA1' }],
  ['managed 192 bit with HMACSHA384', { family: 'managed', keySize: 192, validation: 'HMACSHA384' }],
  ['managed 256 bit with HMACSHA512', { family: 'managed', keySize: 256, validation: 'HMACSHA512' }],
];
/** .NET says of GCM payloads that the tag is wrong, instead of what it says of all others. */
const refused = /^The payload was invalid|^The computed authentication tag did not match/;

const cases = algorithms.flatMap(([name, options]) =>
  bothWays.map(([writer, reader]) => [name, writer, reader, options] as const),
);

describe.skipIf(!hasSdk)('payloads of ASP.NET Core and Node.js', () => {
  const sides = sharedSides();

  /** Two applications over one ring; its key is made by the first. */
  async function pair(writer: Side, reader: Side, options: ApplicationOptions): Promise<[Application, Application]> {
    const shared = { directory: scratchFile('keys'), applicationName: 'payloads', ...options };
    return [await sides.start(writer, shared), await sides.start(reader, shared)];
  }

  describe.each(cases)('%s, written by %s, read by %s', (name, writer, reader, options) => {
    it('D-12 D-42 D-46 1,000 random payloads of bytes and text, for random purposes', async () => {
      const [from, to] = await pair(writer, reader, options);
      const random = new SeededBytes(`${name} ${writer}`, 1_000_000);
      for (let batch = 0; batch < 10; batch += 1) {
        const purposes = Array.from({ length: 1 + random.number(4) }, () => random.text(40));
        const bytes = Array.from({ length: 50 }, () => random.base64(400));
        expect(await to.unprotect({ purposes, items: await from.protect({ purposes, items: bytes }) })).toEqual(
          bytes.map((value) => expect.objectContaining({ value })),
        );
        const texts = Array.from({ length: 50 }, () => random.text(100));
        const protectedTexts = await from.protect({ purposes, text: true, items: texts });
        expect(protectedTexts.every((text) => /^CfDJ8[\w-]+$/.test(text))).toBe(true);
        expect(await to.unprotect({ purposes, text: true, items: protectedTexts })).toEqual(
          texts.map((value) => expect.objectContaining({ value })),
        );
        const others = [...purposes, ''];
        for (const { error } of await to.unprotect({ purposes: others, text: true, items: protectedTexts.slice(0, 2) }))
          expect(error).toMatch(refused);
      }
    });

    it('D-48 payloads for a time, and without an end', async () => {
      const [from, to] = await pair(writer, reader, options);
      const batch = { purposes: ['time', 'limited'], text: true, items: ['some text', ''] };
      const expiration = new Date(Date.now() + hour);
      const open = { ...batch, items: await from.protectForTime({ ...batch, expiration }) };
      expect(await to.unprotectForTime(open)).toMatchObject(
        batch.items.map((value) => ({ value, expiration: expiration.getTime() })),
      );
      const endless = await from.protectForTime(batch);
      expect(await to.unprotectForTime({ ...batch, items: endless })).toMatchObject(
        batch.items.map((value) => ({ value, expiration: null })),
      );
      const [gone] = await to.unprotectForTime({
        ...batch,
        items: await from.protectForTime({ ...batch, expiration: new Date(Date.now() - day) }),
      });
      expect(gone?.error).toMatch(/^The payload expired at /);
      // Without the time they are payloads of another purpose.
      for (const { error } of await to.unprotect(open)) expect(error).toMatch(refused);
    });
  });

  it.each(bothWays)('D-46 10 MiB, written by %s, read by %s', async (writer, reader) => {
    const [from, to] = await pair(writer, reader, {});
    const large = { purposes: ['large'], items: [Buffer.alloc(10 * 1024 * 1024, 'x').toString('base64')] };
    const [outcome] = await to.unprotect({ ...large, items: await from.protect(large) });
    expect(outcome?.value === large.items[0]).toBe(true);
  });

  it('what was tampered with, cut or made for other purposes fails on both sides with one message', async () => {
    const shared = { directory: scratchFile('keys'), applicationName: 'payloads' };
    const [aspNetCore, node] = [await sides.start('ASP.NET Core', shared), await sides.start('Node.js', shared)];
    const purposes = ['tampered'];
    const [text = ''] = await node.protect({ purposes, items: [Buffer.from('some text').toString('base64')] });
    const whole = Buffer.from(text, 'base64');
    const items = [
      ...Array.from(whole, (byte, index) => changed(whole, index, byte ^ 0x80)),
      ...Array.from(whole, (_, length) => whole.subarray(0, length)),
      Buffer.concat([whole, Buffer.alloc(1)]),
    ].map((bytes) => bytes.toString('base64'));
    const told = async (side: Application): Promise<string[]> =>
      (await side.unprotect({ purposes, items })).map(({ error }) => sentence(error ?? 'opened'));
    const ours = await told(node);
    expect(ours).not.toContain('opened');
    expect(ours).toEqual(await told(aspNetCore));
  });
});

function changed(bytes: Buffer, index: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = value;
  return copy;
}

/** The first one: newer versions of .NET add where to read more. */
function sentence(text: string): string {
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}
