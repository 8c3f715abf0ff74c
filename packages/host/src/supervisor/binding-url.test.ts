import { expect, it } from 'vitest';
import { bindingUrl } from './binding-url.ts';

it.each([
  ['http', '', '*', 80, 'http://localhost/'],
  ['http', '', '*', 8080, 'http://localhost:8080/'],
  ['http', 'shop.example', '*', 80, 'http://shop.example/'],
  ['http', 'shop.example', '*', 443, 'http://shop.example:443/'],
  ['https', 'shop.example', '192.0.2.1', 443, 'https://shop.example/'],
  ['http', '*.example', '*', 8080, 'http://www.example:8080/'],
  ['http', '', '192.0.2.1', 80, 'http://192.0.2.1/'],
  ['http', '', '2001:db8::1', 8080, 'http://[2001:db8::1]:8080/'],
] as const)('%s %j %s %d is opened at %s', (protocol, host, address, port, url) => {
  expect(bindingUrl({ protocol, host, address, port })).toBe(url);
});
