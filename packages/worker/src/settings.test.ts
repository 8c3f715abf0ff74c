import { describe, expect, it } from 'vitest';
import { takeSettings } from './settings.ts';

const valid = { version: 1, socket: 4, port: 8080, applicationPath: '/' };

describe('settings of a worker', () => {
  it.each([valid, { ...valid, exportedHandler: '/srv/app.js' }])('reads %j and deletes them', (settings) => {
    const environment = { POOLHOUSE_WORKER: JSON.stringify(settings), OTHER: 'stays' };
    expect(takeSettings(environment)).toEqual(settings);
    expect(environment).toEqual({ OTHER: 'stays' });
  });

  it('finds none in a process that is no worker', () => {
    expect(takeSettings({})).toBeUndefined();
  });

  it.each([
    ['no JSON', 'x', 'is not a JSON object'],
    ['no object', '3', 'is not a JSON object'],
    ['another version', { ...valid, version: 9 }, 'the supervisor speaks version 9'],
    ['the descriptor of stdin', { ...valid, socket: 0 }, 'socket must be an inherited descriptor'],
    ['a port that is none', { ...valid, port: 0 }, 'port must be the number in PORT'],
    ['a port that is a path', { ...valid, port: '/run/x' }, 'port must be the number in PORT'],
    ['a path without /', { ...valid, applicationPath: 'x' }, 'applicationPath must be a path'],
    ['a handler that is none', { ...valid, exportedHandler: 1 }, 'exportedHandler must be a path'],
  ])('refuses %s, and deletes it all the same', (_what, value, message) => {
    const environment = { POOLHOUSE_WORKER: typeof value === 'string' ? value : JSON.stringify(value) };
    expect(() => takeSettings(environment)).toThrow(message);
    expect(environment).toEqual({});
  });
});
