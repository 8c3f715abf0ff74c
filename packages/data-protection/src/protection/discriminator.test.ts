import { describe, expect, it } from 'vitest';
import { discriminatorOf } from './discriminator.ts';

describe('discriminatorOf', () => {
  it.each([
    ['SharedCookieApp', '/srv/app', 'SharedCookieApp'],
    [' a name/ ', '/srv/app', ' a name/ '],
    ['', '/srv/app', ''],
    ['/srv/app/', undefined, '/srv/app/'],
  ])('D-49 takes the name %j as it is', (name, root, expected) => expect(discriminatorOf(name, root)).toBe(expected));

  it.each([
    ['/srv/app', '/srv/app/'],
    ['/srv/app/', '/srv/app/'],
    [`/srv/a\\`, `/srv/a\\/`],
    ['\t /srv/my app \n', '/srv/my app/'],
    ['/srv/app/ ', '/srv/app/'],
    ['\u0085/srv/app\u00a0\u3000', '/srv/app/'],
    ['\ufeff/srv/app', '\ufeff/srv/app/'],
    ['/', '/'],
    ['  ', ''],
    [undefined, ''],
  ])('D-49 makes of the content root %j %j', (root, expected) => {
    expect(discriminatorOf(undefined, root)).toBe(expected);
  });
});
