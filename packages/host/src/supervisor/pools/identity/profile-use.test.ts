import { expect, it } from 'vitest';
import { poolSettings } from '../testing/pool-settings.ts';
import { profileUse } from './profile-use.ts';

const plain = { applicationName: '', profileCompat: 'Helpful' } as const;
const shared = {
  ...{ path: '/keys', connection: '', connectionFile: '', name: '' },
  keyLifetimeMs: 1,
  autoGenerate: true,
};

it.each([
  ['stock', {}, {}, { home: true, keys: 'profile' }],
  ['P-98 both true', { loadUserProfile: true }, {}, { home: true, keys: 'profile' }],
  ['no profile', { loadUserProfile: false }, {}, { home: false, keys: 'memory', reason: 'loadUserProfile is false' }],
  ['no variables', { setProfileEnvironment: false }, {}, { home: true, keys: 'profile', assumed: true }],
  [
    'no variables, strictly',
    { setProfileEnvironment: false },
    { profileCompat: 'Strict' },
    { home: false, keys: 'memory', reason: 'setProfileEnvironment is false and profileCompat is Strict' },
  ],
  ['memory', {}, { store: 'Memory' }, { home: true, keys: 'memory', reason: 'its key ring has store="Memory"' }],
  [
    'a shared ring needs no profile',
    { loadUserProfile: false },
    { store: 'Folder', shared: { ...shared, olderCertificates: [] } },
    { home: false, keys: 'shared' },
  ],
] as const)('%s', (_, processModel, keyRing, use) => {
  expect(profileUse(poolSettings({ processModel, keyRing: { store: 'Profile', ...plain, ...keyRing } }))).toEqual(use);
});
