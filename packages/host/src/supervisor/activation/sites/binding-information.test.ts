import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBindingInformation } from './binding-information.ts';

describe('parseBindingInformation', () => {
  it.each([
    ['*:80:', '*', 80, ''],
    [':8080:', '*', 8080, ''],
    [':8080:localhost', '*', 8080, 'localhost'],
    ['*:80:www.Contoso.com', '*', 80, 'www.contoso.com'],
    ['*:80:www.contoso.com.', '*', 80, 'www.contoso.com'],
    ['192.0.2.1:443:', '192.0.2.1', 443, ''],
    ['[::1]:8080:', '::1', 8080, ''],
    ['[2001:DB8:0::1]:443:host', '2001:db8::1', 443, 'host'],
    ['[::]:80:', '*', 80, ''],
    ['0.0.0.0:80:', '*', 80, ''],
    ['*:80:1.2', '*', 80, '1.2'],
    ['*:80:*.contoso.com', '*', 80, '*.contoso.com'],
    ['*:80:*', '*', 80, ''],
    ['*:80:bücher.example', '*', 80, 'xn--bcher-kva.example'],
    ['*:80:127.0.0.1', '*', 80, '127.0.0.1'],
    ['*:80:my_host', '*', 80, 'my_host'],
  ])('%s', (text, address, port, host) => {
    expect(parseBindingInformation(text)).toEqual({ address, port, host });
  });

  it.each([
    ['80', 'is not of the form address:port:host'],
    ['*:80', 'is not of the form'],
    ['C-70 *:161902:h', '"161902" is not a port: it should be a number from 1 to 65535'],
    ['*:0:', '"0" is not a port'],
    ['*:+80:', '"+80" is not a port'],
    ['C-72 *:80:a.*.com', '* may only stand for the whole first label'],
    ['*:80:*a.com', '* may only stand for the whole first label'],
    ['*:80:*.*.com', '* may only stand for the whole first label'],
    ['::1:80:', '"::1" is not an address'],
    ['[::1%eth0]:80:', 'is not an address'],
    ['300.1.1.1:80:', 'is not an address'],
    ['*:80:a b', '"a b" is not a host name'],
    ['*:80:a..b', '"a..b" is not a host name'],
    ['*:80:-a', '"-a" is not a host name'],
    ['*:80:a/b', '"a/b" is not a host name'],
  ])('refuses %s', (text, problem) => {
    expect(parseBindingInformation(text.replace(/^C-\d+ /, ''))).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('answers any text', () => {
    const piece = fc.constantFrom('*', ':', '.', '[', ']', '1', 'a', '::', '80', '%', '\u0000', 'ß', '-');
    fc.assert(
      fc.property(fc.string({ unit: piece }), (text) => {
        const parsed = parseBindingInformation(text);
        if (!('problem' in parsed)) expect(parsed.host).toMatch(/^(\*\.)?[a-z0-9_.-]*$/);
      }),
    );
  });
});
