import { printable } from '../../../logging/index.ts';
import { defineCommand } from '../../command.ts';
import { commandError, CommandError } from '../../command-error.ts';
import { exitCodes } from '../../exit-codes.ts';
import { formatCount } from '../../format-values.ts';
import { ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess, type PoolRing } from '../../key-rings/ring-access.ts';
import type { Output } from '../../output.ts';

interface Provisioned {
  readonly pool: string;
  readonly place: string;
  readonly state: 'made' | 'unchanged' | 'failed';
  readonly problem?: string;
}

export const keysProvisionCommand = defineCommand({
  names: ['keys provision'],
  summary: 'Make the key rings of pools, readable by their users alone',
  description:
    'What Provision-AutoGenKeys.ps1 does on Windows: the user of the pool, its home, and an empty folder for its keys ' +
    'with mode 0700. Makes no key; doing it again changes nothing. A ring that machines share is only tried.',
  arguments: [{ name: 'POOL', description: 'name of the application pool', optional: true }],
  options: { ...ringOptions, all: { type: 'boolean', description: 'Every pool that keeps keys' } },
  examples: [
    ['sudo poolhouse keys provision shop', 'before the first start of its applications'],
    ['sudo poolhouse keys provision --all', 'in the script that sets a machine up'],
  ],
  exits: ['not-found', 'unusable-configuration'],
  async run({ arguments: [pool], options, output, system }) {
    if ((pool === undefined) === (options.all !== true)) {
      throw commandError('wrong-arguments', 'keys provision needs a POOL or --all', [
        ['try', 'poolhouse keys provision --all'],
      ]);
    }
    const access = await ringAccess(options, system, true);
    const rings = pool === undefined ? await access.all() : [await access.ringOf(pool)];
    const items: Provisioned[] = [];
    // A pool that keeps nothing is no failure of all the others; asked for by its name it is.
    for (const ring of rings.filter(({ store }) => pool !== undefined || store !== 'memory')) {
      items.push(await provision(ring, output, pool === undefined));
    }
    const failed = items.filter(({ state }) => state === 'failed').length;
    output.show({ items, total: items.length }, () =>
      items.length === 0
        ? 'no pool keeps keys'
        : items
            .map(({ pool, place, state, problem }) => printable(`pool ${pool}: ${place} ${problem ?? wordOf(state)}`))
            .join('\n'),
    );
    if (failed > 0) output.say(`${formatCount(failed, 'ring')} could not be made`);
    return failed > 0 ? exitCodes.error.code : exitCodes.ok.code;
  },
});

async function provision(ring: PoolRing, output: Output, goesOn: boolean): Promise<Provisioned> {
  try {
    const { changed } = await actOnRing(ring, { type: 'provision' }, output);
    return { pool: ring.pool, place: ring.place, state: changed.length > 0 ? 'made' : 'unchanged' };
  } catch (error) {
    if (!goesOn || !(error instanceof CommandError)) throw error;
    return { pool: ring.pool, place: ring.place, state: 'failed', problem: error.message };
  }
}

function wordOf(state: Provisioned['state']): string {
  return state === 'made' ? 'is ready' : 'was ready already';
}
