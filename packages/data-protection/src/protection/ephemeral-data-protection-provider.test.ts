import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { EphemeralDataProtectionProvider } from './ephemeral-data-protection-provider.ts';

it('D-50 names the key of zeros, and another provider cannot read it', async () => {
  const protector = new EphemeralDataProtectionProvider().createProtector('p');
  const payload = protector.protectSync(Buffer.from('text'));
  expect(Buffer.from(payload).subarray(0, 20).toString('hex')).toBe(`09f0c9f0${'00'.repeat(16)}`);
  expect(await protector.unprotect(payload)).toEqual(Buffer.from('text'));
  const stranger = new EphemeralDataProtectionProvider().createProtector('p');
  await expect(stranger.unprotect(payload)).rejects.toMatchObject({ code: 'PayloadInvalid' });
});

it('D-50 knows no other key and asks for no migration', async () => {
  const protector = new EphemeralDataProtectionProvider().createProtector('p');
  const payload = Buffer.from(protector.protectSync(Buffer.from('text')));
  expect(await protector.dangerousUnprotect(payload, true)).toMatchObject({ requiresMigration: false });
  payload[4] = 1;
  await expect(protector.unprotect(payload)).rejects.toMatchObject({ code: 'KeyNotFound' });
});

it('shows nothing', () => {
  expect(inspect(new EphemeralDataProtectionProvider(), { depth: 9, showHidden: true })).toBe(
    'EphemeralDataProtectionProvider {}',
  );
});
