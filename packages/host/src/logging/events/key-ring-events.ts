import { define } from '../event-definition.ts';

/** Of data protection keys. A place never holds more of a connection than its host. */
export const keyRingEvents = {
  'dataprotection.ephemeral': define(
    'warn',
    (e: { pool: string; reason: string }) =>
      `pool ${e.pool}: data protection keys live in memory only (${e.reason}); everyone signs in again after a recycle`,
  ),
  'dataprotection.profile_assumed': define(
    'info',
    (e: { pool: string }) =>
      `pool ${e.pool}: setProfileEnvironment is false, which would lose its data protection keys; it is taken for true ` +
      '(profileCompat="Strict" takes it as it is)',
  ),
  'keyring.loaded': define(
    'info',
    (e: { place: string; pools: string; keys: number }) => `key ring in ${e.place}: ${e.keys} keys for ${e.pools}`,
  ),
  'keyring.key_created': define(
    'info',
    (e: { place: string; key: string }) => `key ring in ${e.place}: key ${e.key} was created`,
  ),
  'keyring.warning': define('warn', (e: { place: string; detail: string }) => `key ring in ${e.place}: ${e.detail}`),
  'keyring.unusable': define(
    'error',
    (e: { place: string; pools: string; error: string }) =>
      `key ring in ${e.place}: applications of ${e.pools} can protect nothing with it: ${e.error}`,
  ),
  'keyring.failed': define(
    'error',
    (e: { place: string; pools: string; error: string; kept?: string | undefined }) =>
      `key ring in ${e.place} cannot be loaded for ${e.pools}: ${e.error}` +
      (e.kept === undefined ? '' : `; the keys of ${e.kept} stay in use`),
  ),
} as const;
