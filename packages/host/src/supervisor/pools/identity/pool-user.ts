import { createHash } from 'node:crypto';

/** User name and preferred id of a pool's own user and group. */
export interface PoolUser {
  readonly name: string;
  readonly preferredId: number;
}

/** First preferred id: clear of systemd's dynamic users and of the subordinate ids of shadow. */
const firstId = 70_000;
const idCount = 28_000;

/**
 * The local user of an ApplicationPoolIdentity, from the pool's name alone, so that it is the same on every
 * machine of a farm: `ph-` + what is left of the name in `[a-z0-9-]`, at most 16 characters + `-` + 8 digits
 * of its SHA-256.
 */
export function poolUser(pool: string): PoolUser {
  const key = pool.normalize('NFC').toLowerCase();
  const slug = key
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 16);
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const number = createHash('sha1').update(Buffer.from(key, 'utf16le')).digest().readUInt32BE(0);
  return {
    name: ['ph', slug, digest].filter((part) => part !== '').join('-'),
    preferredId: firstId + (number % idCount),
  };
}
