import { describe, expect, it } from 'vitest';
import { fileLocations } from './file-locations.ts';
import type { LocationInput } from './file-locations.ts';

const user: LocationInput = { environment: {}, uid: 1000, home: '/home/ada', workingDirectory: '/srv/shop' };
const root: LocationInput = { ...user, uid: 0, home: '/root' };
const runtime = { XDG_RUNTIME_DIR: '/run/user/1000' };

describe('fileLocations', () => {
  it.each<[string, LocationInput, object]>([
    [
      'root',
      root,
      {
        configuration: '/etc/poolhouse/applicationHost.config',
        state: '/var/lib/poolhouse',
        run: '/run/poolhouse',
        log: '/var/log/poolhouse',
      },
    ],
    [
      'a user without XDG variables',
      user,
      {
        configuration: '/home/ada/.config/poolhouse/applicationHost.config',
        state: '/home/ada/.local/state/poolhouse',
        run: '/tmp/poolhouse-1000',
        log: '/home/ada/.local/state/poolhouse/log',
      },
    ],
    [
      'a user with XDG variables',
      { ...user, environment: { ...runtime, XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' } },
      {
        configuration: '/c/poolhouse/applicationHost.config',
        state: '/s/poolhouse',
        run: '/run/user/1000/poolhouse',
        log: '/s/poolhouse/log',
      },
    ],
    [
      'a user with relative XDG variables, which are ignored',
      { ...user, environment: { XDG_RUNTIME_DIR: 'run', XDG_STATE_HOME: 's' } },
      { state: '/home/ada/.local/state/poolhouse', run: '/tmp/poolhouse-1000' },
    ],
    [
      'a served folder',
      { ...root, servedFolder: '/srv/shop' },
      { state: '/srv/shop/.poolhouse/state', run: '/srv/shop/.poolhouse/run', log: '/srv/shop/.poolhouse/log' },
    ],
    [
      'environment over default',
      { ...root, environment: { POOLHOUSE_RUN: '/r', POOLHOUSE_CONFIG: 'host.config', POOLHOUSE_LOG: '' } },
      { run: '/r', configuration: '/srv/shop/host.config', log: '/var/log/poolhouse' },
    ],
    [
      'flag over environment',
      { ...root, flags: { run: 'run', state: undefined }, environment: { POOLHOUSE_RUN: '/r', POOLHOUSE_STATE: '/s' } },
      { run: '/srv/shop/run', state: '/s' },
    ],
  ])('%s', (_, input, expected) => {
    expect(fileLocations(input)).toMatchObject(expected);
  });

  const deep = `/srv/${'d'.repeat(60)}`;
  it.each<[string, LocationInput, RegExp]>([
    ['root', root, /^\/run\/poolhouse-[0-9a-f]{12}$/],
    ['a user', user, /^\/tmp\/poolhouse-1000-[0-9a-f]{12}$/],
    ['a user with a runtime folder', { ...user, environment: runtime }, /^\/run\/user\/1000\/poolhouse-[0-9a-f]{12}$/],
    [
      'a user with a deep runtime folder',
      { ...user, environment: { XDG_RUNTIME_DIR: deep } },
      /^\/tmp\/poolhouse-1000-[0-9a-f]{12}$/,
    ],
  ])('a run folder too deep for sockets is replaced by a short one: %s', (_, input, run) => {
    const found = fileLocations({ ...input, flags: { run: deep } });
    expect(found.run).toMatch(run);
    expect(found.runAlias).toBe(deep);
    expect(fileLocations({ ...input, flags: { run: `${deep}/` } }).run).toBe(found.run);
    expect(fileLocations({ ...input, flags: { run: `${deep}2` } }).run).not.toBe(found.run);
  });

  it.each([
    [59, false],
    [60, true],
  ])('a run folder of %i bytes is replaced: %s', (bytes, replaced) => {
    const run = `/${'x'.repeat(bytes - 1)}`;
    expect(fileLocations({ ...user, flags: { run } }).run !== run).toBe(replaced);
  });
});
