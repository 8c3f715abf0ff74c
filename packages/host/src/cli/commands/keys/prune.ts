import { readAge } from '../../age-option.ts';
import { defineCommand } from '../../command.ts';
import { commandError } from '../../command-error.ts';
import { confirm } from '../../confirm.ts';
import { formatCount } from '../../format-values.ts';
import { confirmOption, ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';
import { tellOfChange } from '../../key-rings/tell-of-change.ts';

export const keysPruneCommand = defineCommand({
  names: ['keys prune'],
  summary: 'Delete keys that expired long ago',
  description:
    'What a deleted key protected can never be read again; expired keys still read. Nothing needs this: a ring may keep ' +
    'all of its keys. Revocations of deleted keys go with them.',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: {
    ...ringOptions,
    ...confirmOption,
    'older-than': { type: 'string', value: 'TIME', description: 'How long ago they expired: 365d' },
    'include-unexpired': { type: 'boolean', description: 'Also keys still in use, by how long ago they were created' },
  },
  examples: [['sudo poolhouse keys prune shop --older-than 365d', 'keys that expired more than a year ago']],
  exits: ['not-found', 'unusable-configuration', 'denied'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const age = options['older-than'];
    if (age === undefined) throw commandError('wrong-arguments', 'keys prune needs --older-than TIME, such as 365d');
    const olderThanMs = readAge(age, '--older-than', 0);
    const includeUnexpired = options['include-unexpired'] === true;
    const access = await ringAccess(options, system, false);
    const ring = await access.ringOf(pool);
    const which = includeUnexpired
      ? `all keys created more than ${age} ago, also those in use,`
      : `keys that expired more than ${age} ago`;
    await confirm(
      `Deletes ${which} from ${ring.place}. What they protected can never be read again.`,
      ring.pool,
      options.yes,
      system,
    );
    const { changed } = await actOnRing(ring, { type: 'prune', olderThanMs, includeUnexpired }, output);
    output.show({ pool: ring.pool, place: ring.place, deleted: changed }, () =>
      changed.length === 0 ? 'no key is that old' : `${formatCount(changed.length, 'key')} deleted`,
    );
    if (changed.length > 0) await tellOfChange(ring, access, system, output);
    return 0;
  },
});
