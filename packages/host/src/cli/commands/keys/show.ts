import { printable } from '../../../logging/index.ts';
import { defineCommand } from '../../command.ts';
import { formatKeys } from '../../key-rings/format-ring.ts';
import { ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';

export const keysShowCommand = defineCommand({
  names: ['keys show'],
  summary: 'Show the key ring of one pool',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: ringOptions,
  examples: [['sudo poolhouse keys show shop', 'where its keys are, which of them is used, what protects them']],
  exits: ['not-found', 'unusable-configuration'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const access = await ringAccess(options, system, false);
    const ring = await access.ringOf(pool);
    const { keys, problem } = await actOnRing(ring, { type: 'describe' }, output);
    const shared = (await access.all()).filter(({ identity }) => identity === ring.identity).map((each) => each.pool);
    const fields = { pool: ring.pool, store: ring.store, place: ring.place, pools: shared };
    output.show({ ...fields, keys, ...(problem === undefined ? {} : { problem }) }, () =>
      [
        `${output.data.paint('bold', printable(ring.pool))}  ${ring.store}  ${printable(ring.place)}`,
        `read by ${printable(shared.join(', '))}`,
        '',
        keys.length === 0
          ? 'no keys yet: the first application that protects something makes one'
          : formatKeys(
              keys.map((key) => ({ pool: ring.pool, key, note: '' })),
              output.data,
              false,
            ),
        ...(problem === undefined ? [] : ['', output.data.paint('yellow', printable(problem))]),
      ].join('\n'),
    );
    return 0;
  },
});
