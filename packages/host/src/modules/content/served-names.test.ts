import { describe, expect, it } from 'vitest';
import { unservedSubStatus } from './served-names.ts';

describe('unservedSubStatus', () => {
  it.each([
    ['index.html', undefined],
    ['.well-known/acme-challenge/x', undefined],
    ['settings.json', undefined],
    ['web.config.txt', undefined],
    ['bin/a', undefined],
    ['H-114: .git/config', 9],
    ['H-114: .env', 9],
    ['a/.htaccess', 9],
    ['web.config', 8],
    ['H-108: WEB.CONFIG', 8],
    ['H-108: web.config.', 8],
    ['H-108: web.config::$DATA', 0],
    ['node_modules/express/index.js', 8],
    ['package.json', 8],
    ['appsettings.json', 8],
    ['appsettings.Production.json', 8],
    ['Shop.deps.json', 8],
    ['Shop.runtimeconfig.json', 8],
    ['a:b', 0],
  ])('%s: %s', (path, expected) => {
    expect(unservedSubStatus(path.replace(/^H-\d+: /, '').split('/'))).toBe(expected);
  });
});
