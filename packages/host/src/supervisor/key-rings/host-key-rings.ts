import type { Credentials } from '../../linux/index.ts';
import type { Emit } from '../../logging/index.ts';
import { diskFiles } from '../activation/reading/disk-files.ts';
import { askKeeper } from './ask-keeper.ts';
import { KeyRings } from './key-rings.ts';

/** The key rings of a running host. */
export function hostKeyRings(options: {
  readonly runFolder: string;
  /** Root, with a user for each pool. */
  readonly separateUsers: boolean;
  readonly keeperUser: () => Promise<Credentials | undefined>;
  readonly emit: Emit;
}): KeyRings {
  const { separateUsers, ...others } = options;
  return new KeyRings({
    ...{ ...others, askKeeper },
    files: diskFiles({ ownedByRoot: separateUsers }),
    now: Date.now,
    random: Math.random,
  });
}
