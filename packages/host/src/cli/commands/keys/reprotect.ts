import { printable } from '../../../logging/index.ts';
import { defineCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { formatCount } from '../../format-values.ts';
import { givenCertificate } from '../../key-rings/given-certificate.ts';
import { certificateOptions, confirmOption, ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';

export const keysReprotectCommand = defineCommand({
  names: ['keys reprotect'],
  summary: 'Encrypt the keys of a ring for another certificate',
  description:
    'Without --cert for the certificate that the configuration names now: do it after changing that, with the old one ' +
    'among olderCertificates. Each key is replaced in one step and stays the same key: nobody signs in again.',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: { ...ringOptions, ...certificateOptions, ...confirmOption },
  examples: [['sudo poolhouse keys reprotect shop', 'after its certificate was renewed']],
  exits: ['not-found', 'unusable-configuration'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const certificate = await givenCertificate(options, system);
    const access = await ringAccess(options, system, false);
    const ring = await access.ringOf(pool);
    if (certificate !== undefined) {
      const effect =
        `From then on the keys in ${ring.place} can only be read by who has the private key of ${options.cert}; ` +
        'without it in the configuration, or in the application, what they protected is unreadable.';
      await confirm(effect, ring.pool, options.yes, system);
    }
    const action = { type: 'reprotect', ...(certificate === undefined ? {} : { certificate }) } as const;
    const { changed, keys } = await actOnRing(ring, action, output);
    output.show({ pool: ring.pool, place: ring.place, reprotected: changed, keys }, () =>
      changed.length === 0
        ? 'all keys are encrypted for that certificate already'
        : `${formatCount(changed.length, 'key')} encrypted for ${printable(keys[0]?.protection ?? 'the certificate')}`,
    );
    return 0;
  },
});
