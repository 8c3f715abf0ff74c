import { describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import { placeOf } from './place.ts';

const virtualDirectories = [
  { path: '/', physicalPath: '/srv/www' },
  { path: '/images', physicalPath: '/srv/images' },
  { path: '/images/large', physicalPath: '/data/large' },
  { path: '/caf\u00e9', physicalPath: '/srv/cafe' },
];

describe('placeOf', () => {
  it.each([
    ['/', '/srv/www', '', true],
    ['/a/b.txt', '/srv/www', 'a/b.txt', false],
    ['/a//b/', '/srv/www', 'a/b', true],
    ['/images', '/srv/images', '', false],
    ['/IMAGES/logo.png', '/srv/images', 'logo.png', false],
    ['/images/Large/x', '/data/large', 'x', false],
    ['/imagesx', '/srv/www', 'imagesx', false],
    ['/CAFE%CC%81/menu', '/srv/cafe', 'menu', false],
    ['/a/../images/%2e/b', '/srv/images', 'b', false],
  ])('finds %s below %s as %j', (target, root, names, isFolder) => {
    const { route } = injectExchange({ target, virtualDirectories });
    expect(placeOf(route)).toEqual({ site: 'shop', root, names: names === '' ? [] : names.split('/'), isFolder });
  });

  it('counts from the path of the application', () => {
    const { route } = injectExchange({ target: '/shop/images/logo.png', virtualDirectories });
    const shop = { ...route, application: { ...route.application, path: '/shop' } };
    expect(placeOf(shop)).toMatchObject({ root: '/srv/images', names: ['logo.png'] });
  });

  it('finds nothing where the application has no folder', () => {
    expect(placeOf(injectExchange({ virtualDirectories: [] }).route)).toBeUndefined();
  });
});
