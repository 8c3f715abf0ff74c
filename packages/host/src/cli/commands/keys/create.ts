import { readAge } from '../../age-option.ts';
import { defineCommand } from '../../command.ts';
import { ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';
import { tellOfChange } from '../../key-rings/tell-of-change.ts';

const propagationMs = 2 * 86_400_000;

export const keysCreateCommand = defineCommand({
  names: ['keys create'],
  summary: 'Add a key to the ring of a pool',
  description:
    'New payloads use it from the moment when it activates; older keys go on reading what they protected. Two days are ' +
    'what it takes until every process of a farm has read its ring again: a key that activates sooner is unknown to some.',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: {
    ...ringOptions,
    'activate-in': { type: 'string', value: 'TIME', description: 'When it is used (default 2d); 0 = at once' },
  },
  examples: [
    ['sudo poolhouse keys create shop', 'a key that is used in two days'],
    ['sudo poolhouse keys create shop --activate-in 0', 'after a revocation: one that is used at once'],
  ],
  exits: ['not-found', 'unusable-configuration', 'denied'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const activateInMs = readAge(options['activate-in'], '--activate-in', propagationMs);
    const access = await ringAccess(options, system, true);
    const ring = await access.ringOf(pool);
    const { changed, keys } = await actOnRing(ring, { type: 'create', activateInMs }, output);
    const key = keys.find(({ id }) => id === changed[0]);
    output.show(
      { pool: ring.pool, place: ring.place, key },
      () => `key ${changed[0]} was created; it is used from ${key?.activates} to ${key?.expires}`,
    );
    await tellOfChange(ring, access, system, output);
    return 0;
  },
});
