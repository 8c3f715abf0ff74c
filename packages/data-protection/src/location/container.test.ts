import { describe, expect, it } from 'vitest';
import { isContainer, isOnVolume } from './container.ts';

describe('isContainer', () => {
  it.each<[Record<string, string>, string[], boolean]>([
    [{}, [], false],
    [{ DOTNET_RUNNING_IN_CONTAINER: 'true' }, [], true],
    [{ DOTNET_RUNNING_IN_CONTAINERS: '1' }, [], true],
    [{ DOTNET_RUNNING_IN_CONTAINER: 'false' }, [], false],
    [{}, ['/.dockerenv'], true],
    [{}, ['/run/.containerenv'], true],
  ])('%j with %j: %s', (environment, files, expected) => {
    expect(isContainer(environment, (path) => files.includes(path))).toBe(expected);
  });
});

describe('isOnVolume', () => {
  const mounts = [
    'overlay / overlay rw 0 0',
    'proc /proc proc rw 0 0',
    '/dev/sdb1 /data ext4 rw 0 0',
    '/dev/sdc1 /srv/key\\040ring ext4 rw 0 0',
    '',
  ].join('\n');

  it.each([
    ['/home/app/.aspnet/DataProtection-Keys', false],
    ['/data', true],
    ['/data/keys/deeper', true],
    ['/database/keys', false],
    ['/srv/key ring/a', true],
    ['/srv', false],
    ['/', false],
  ])('%s: %s', (directory, expected) => {
    expect(isOnVolume(directory, mounts)).toBe(expected);
  });

  it('knows of no volume where mounts cannot be read', () => {
    expect(isOnVolume('/data', '')).toBe(false);
  });
});
