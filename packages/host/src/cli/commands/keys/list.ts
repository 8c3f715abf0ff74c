import { printable } from '../../../logging/index.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { describeRings } from '../../key-rings/describe-rings.ts';
import { formatKeys, type KeyRow } from '../../key-rings/format-ring.ts';
import { ringOptions } from '../../key-rings/options.ts';
import { ringAccess } from '../../key-rings/ring-access.ts';

export const keysListCommand = defineCommand({
  names: ['keys list'],
  summary: 'List the data protection keys of all pools',
  description:
    'Reads the configuration and the rings that it names; Poolhouse need not run. Shows nothing secret and changes nothing.',
  arguments: [],
  options: ringOptions,
  examples: [
    ['sudo poolhouse keys list', 'the keys of every pool'],
    ['sudo poolhouse keys list --json', 'with places and problems, for programs'],
  ],
  exits: ['unusable-configuration'],
  async run({ options, output, system }) {
    const access = await ringAccess(options, system, false);
    const rings = await describeRings(await access.all());
    output.show({ items: rings, total: rings.length }, () => {
      if (rings.length === 0) return 'no pools';
      const rows = rings.flatMap(({ pool, keys, problem }): readonly KeyRow[] =>
        keys.length === 0
          ? [{ pool, key: undefined, note: problem ?? 'no keys yet' }]
          : keys.map((key) => ({ pool, key, note: '' })),
      );
      return formatKeys(rows, output.data, true);
    });
    const failed = rings.filter(({ store, problem }) => problem !== undefined && store !== 'memory');
    for (const { pool, place, problem } of failed) output.say(printable(`pool ${pool} (${place}): ${problem}`));
    return failed.length > 0 ? exitCodes.error.code : exitCodes.ok.code;
  },
});
