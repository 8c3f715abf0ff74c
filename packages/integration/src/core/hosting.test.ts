import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hostedArguments, readHosting } from './hosting.ts';

const hosted = { ASPNETCORE_PORT: '12345', ASPNETCORE_APPL_PATH: '/shop', ASPNETCORE_TOKEN: 'secret-token' };

describe('readHosting', () => {
  it.each(['ASPNETCORE_PORT', 'ASPNETCORE_APPL_PATH', 'ASPNETCORE_TOKEN'])('M-83 is undefined without %s', (name) => {
    expect(readHosting({ ...hosted, [name]: undefined })).toBeUndefined();
    expect(readHosting({ ...hosted, [name]: '' })).toBeUndefined();
  });

  it.each([
    ['12345', { host: '127.0.0.1', port: 12345 }],
    ['/run/app.sock', { path: '/run/app.sock' }],
  ])('listens for ASPNETCORE_PORT=%s at the address of the gateway', (port, address) => {
    expect(readHosting({ ...hosted, ASPNETCORE_PORT: port })?.address).toEqual(address);
  });

  it.each(['0', '65536', 'abc', '-1', '80 ', '1e3', './app.sock'])('refuses ASPNETCORE_PORT=%j', (port) => {
    expect(() => readHosting({ ...hosted, ASPNETCORE_PORT: port })).toThrow(
      /^ASPNETCORE_PORT is ".*": expected a port/,
    );
  });

  it.each([
    ['/', ''],
    ['/shop', '/shop'],
    ['/shop/', '/shop'],
    ['/a/b', '/a/b'],
  ])('reads ASPNETCORE_APPL_PATH=%s as %j', (path, pathBase) => {
    expect(readHosting({ ...hosted, ASPNETCORE_APPL_PATH: path })?.pathBase).toBe(pathBase);
  });

  it('refuses a path without a slash in front', () => {
    expect(() => readHosting({ ...hosted, ASPNETCORE_APPL_PATH: 'shop' })).toThrow(/^ASPNETCORE_APPL_PATH is "shop"/);
  });

  it.each([
    ['false', false],
    ['False ', false],
    ['true', true],
    ['', true],
    [undefined, true],
    ['no', true],
  ])('reads ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED=%j as %j', (value, upgrades) => {
    expect(readHosting({ ...hosted, ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED: value })?.upgrades).toBe(upgrades);
  });

  it('keeps the token where no dump shows it', () => {
    const hosting = readHosting(hosted);
    expect(inspect(hosting, { depth: 10, showHidden: true })).not.toContain('secret-token');
    expect(hosting?.isPaired('secret-token')).toBe(true);
    expect(hosting?.isPaired('secret-tokem')).toBe(false);
    expect(hosting?.isPaired(undefined)).toBe(false);
  });
});

describe('hostedArguments', () => {
  const address = { host: '127.0.0.1', port: 12345 };
  const callback = () => {};

  it.each([
    [[], [address]],
    [[3000], [address]],
    [
      [3000, callback],
      [address, callback],
    ],
    [
      [3000, '0.0.0.0', 511, callback],
      [address, callback],
    ],
    [
      ['/tmp/own.sock', callback],
      [address, callback],
    ],
    [[{ port: 3000, host: '::', backlog: 10, path: '/tmp/own.sock' }], [{ ...address, backlog: 10 }]],
  ])('M-89 %j: the address of the host wins', (wanted, expected) => {
    expect(hostedArguments(address, wanted)).toEqual(expected);
  });
});
