import { defineCommand } from '../../command.ts';
import { commandError } from '../../command-error.ts';
import { confirm } from '../../confirm.ts';
import { formatCount } from '../../format-values.ts';
import { confirmOption, ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';
import { tellOfChange } from '../../key-rings/tell-of-change.ts';
import type { KeeperAction } from '../../../supervisor/key-rings/index.ts';

/** Characters of a reason; it is kept in the ring. */
const longestReason = 500;

export const keysRevokeCommand = defineCommand({
  names: ['keys revoke'],
  summary: 'Make keys of a pool unusable, because somebody else may have them',
  description:
    'What they protected cannot be read any more: sign-in, antiforgery, session and TempData cookies, tokens sent by ' +
    'mail. It cannot be undone. Keys that merely expired need no revocation.',
  arguments: [
    { name: 'POOL', description: 'name of the application pool' },
    { name: 'KEY', description: 'id of the key', optional: true },
  ],
  options: {
    ...ringOptions,
    ...confirmOption,
    before: {
      type: 'string',
      value: 'INSTANT',
      description: 'All keys created before it: now, or 2026-11-22T08:00:00Z',
    },
    reason: { type: 'string', value: 'TEXT', description: 'Kept in the ring, for those who come after' },
  },
  examples: [
    ['sudo poolhouse keys revoke shop 657cf77b-e662-48e4-912a-c80edc60e56b', 'one key'],
    ['sudo poolhouse keys revoke shop --before now --reason "backup was stolen"', 'everybody signs in again'],
  ],
  exits: ['not-found', 'unusable-configuration', 'denied'],
  async run({ arguments: [pool = '', key], options, output, system }) {
    const action = actionOf(key, options.before, options.reason ?? '');
    const access = await ringAccess(options, system, false);
    const ring = await access.ringOf(pool);
    const what = action.type === 'revoke' ? `key ${action.keyId}` : `all keys created before ${action.before}`;
    const concerned = (await access.all())
      .filter(({ identity }) => identity === ring.identity)
      .map((each) => each.pool);
    const effect =
      `Whatever was protected with ${what} becomes unreadable for ${concerned.join(', ')}: cookies of users who are ` +
      'signed in, forms that are open, tokens that were sent. This cannot be undone.';
    await confirm(effect, ring.pool, options.yes, system);
    const { changed } = await actOnRing(ring, action, output);
    output.show({ pool: ring.pool, place: ring.place, revoked: changed }, () =>
      changed.length === 0 ? 'nothing was left to revoke' : `${formatCount(changed.length, 'key')} revoked`,
    );
    if (changed.length > 0) await tellOfChange(ring, access, system, output);
    return 0;
  },
});

function actionOf(key: string | undefined, before: string | undefined, reason: string) {
  if (reason.length > longestReason) {
    throw commandError('wrong-value', `--reason has ${reason.length} characters; ${longestReason} are the most`);
  }
  if ((key === undefined) === (before === undefined)) {
    throw commandError('wrong-arguments', 'keys revoke needs a KEY or --before INSTANT', [
      ['try', 'poolhouse keys show POOL, which lists the keys'],
    ]);
  }
  if (key !== undefined) {
    const keyId = key.replace(/^\{(.*)\}$/, '$1');
    if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(keyId)) {
      return { type: 'revoke', keyId, reason } as const satisfies KeeperAction;
    }
    throw commandError('wrong-value', `${JSON.stringify(key)} is no id of a key`, [
      ['try', 'poolhouse keys show POOL'],
    ]);
  }
  return { type: 'revokeBefore', before: instantOf(before ?? ''), reason } as const satisfies KeeperAction;
}

/** With its time zone: a revocation must not depend on where it is given. */
function instantOf(text: string): string {
  if (text === 'now') return new Date().toISOString();
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw commandError(
    'wrong-value',
    `--before ${text}: give now, or an instant with its time zone such as 2026-11-22T08:00:00Z`,
  );
}
