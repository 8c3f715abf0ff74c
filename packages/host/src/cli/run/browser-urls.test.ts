import { expect, it } from 'vitest';
import { browserUrls } from './browser-urls.ts';

it.each([
  [['http://127.0.0.1:8080/', 'http://[::1]:8080/'], ['http://localhost:8080/']],
  [
    ['http://127.0.0.1:8080/', 'https://[::1]:8443/'],
    ['http://localhost:8080/', 'https://localhost:8443/'],
  ],
  [
    ['http://shop.test:80/', 'http://192.168.1.5:8080/'],
    ['http://shop.test:80/', 'http://192.168.1.5:8080/'],
  ],
  [['http://127.0.0.2:8080/'], ['http://127.0.0.2:8080/']],
])('%j are shown as %j', (urls, shown) => {
  expect(browserUrls(urls)).toEqual(shown);
});
